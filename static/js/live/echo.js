// Hearing oneself before going in: a few seconds of one's own microphone, kept in this page only and played back.
import { tell } from "./tell.js";

const LENGTH_MS = 4_000;

/** Wires the key and the sound of the echo test to a microphone; without a recorder in the browser both stay away. */
export function echo(mic, { key, sound, problem }) {
  if (!window.MediaRecorder) return;
  key.hidden = false;
  key.addEventListener("click", async () => {
    if (!mic.track) return;
    const usual = key.textContent;
    [key.disabled, key.textContent, problem.hidden] = [true, tell("echoSpeak"), true];
    try {
      play(sound, await recorded(mic.track));
    } catch {
      [problem.hidden, problem.textContent] = [false, tell("echoFails")];
    }
    [key.disabled, key.textContent] = [false, usual];
  });
}

function recorded(track) {
  return new Promise((done, fail) => {
    const recorder = new MediaRecorder(new MediaStream([track]));
    const parts = [];
    recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
    recorder.addEventListener("error", fail);
    recorder.addEventListener("stop", () => done(new Blob(parts, { type: recorder.mimeType })));
    recorder.start();
    setTimeout(() => recorder.state === "inactive" || recorder.stop(), LENGTH_MS);
  });
}

function play(sound, blob) {
  if (sound.src) URL.revokeObjectURL(sound.src);
  sound.src = URL.createObjectURL(blob);
  sound.hidden = false;
  // Where a browser wants another click, the player's own key is there.
  sound.play().catch(() => {});
}
