// The microphone: opened on request only, measured for a meter, told about when it goes. The meter looks, and nothing
// is played through it.
import { Trouble, tell } from "./tell.js";

const WORDS = { NotAllowedError: "micDenied", SecurityError: "micDenied", NotFoundError: "micMissing" };

/** Events: `level` (detail 0 to 100, about 12 times a second), `gone`. */
export class Mic extends EventTarget {
  track = null;
  #stream = null;
  #context = null;
  #timer = 0;

  /** Opens `device`, or the usual one; fails with a Trouble that says what to do. */
  async open({ device, processing = true } = {}) {
    const audio = {
      deviceId: device ? { exact: device } : undefined,
      echoCancellation: processing,
      noiseSuppression: processing,
      autoGainControl: processing,
      channelCount: 1,
    };
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio });
      this.close();
      this.#stream = stream;
    } catch (error) {
      throw new Trouble(tell(WORDS[error?.name] ?? "micBusy"), error?.name ?? "");
    }
    this.track = this.#stream.getAudioTracks()[0];
    this.track.contentHint = processing ? "speech" : "music";
    this.track.addEventListener("ended", () => this.dispatchEvent(new Event("gone")));
    this.#measure();
    return this.track;
  }

  get device() {
    return this.track?.getSettings().deviceId ?? "";
  }

  /** Microphones by id and name; names are known once one was opened. */
  async devices() {
    const all = await navigator.mediaDevices.enumerateDevices();
    return all.filter((one) => one.kind === "audioinput" && one.deviceId !== "communications");
  }

  close() {
    clearInterval(this.#timer);
    this.#context?.close();
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = this.#context = this.track = null;
  }

  #measure() {
    const context = new AudioContext();
    const eye = context.createAnalyser();
    eye.fftSize = 2048;
    context.createMediaStreamSource(this.#stream).connect(eye);
    this.#context = context;
    const samples = new Float32Array(eye.fftSize);
    this.#timer = setInterval(() => {
      eye.getFloatTimeDomainData(samples);
      const peak = samples.reduce((most, one) => Math.max(most, Math.abs(one)), 0);
      const level = Math.max(0, Math.min(100, 100 + (20 * Math.log10(peak || 1e-6) * 100) / 60));
      this.dispatchEvent(new CustomEvent("level", { detail: Math.round(level) }));
    }, 80);
  }
}

/** Draws levels into a meter. */
export function meter(place, mic) {
  const cover = place?.querySelector("[data-cover]");
  if (!cover) return;
  mic.addEventListener("level", ({ detail }) => {
    cover.setAttribute("x", detail);
    cover.setAttribute("width", 100 - detail);
    if (place.hasAttribute("role")) place.setAttribute("aria-valuenow", detail);
  });
}
