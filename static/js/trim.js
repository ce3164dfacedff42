// Choosing where a recording begins and ends: the drawing shows what is cut off, a click in it moves the sound there.

/** Milliseconds of `1:02:03.5`, `2:03` or `9.5`; null for anything else. */
function millis(text) {
  const parts = text.trim().split(":");
  if (parts.length > 3 || parts.some((part) => !/^\d+([.]\d+)?$/.test(part))) return null;
  return Math.round(parts.reduce((sum, part) => sum * 60 + Number(part), 0) * 1000);
}

/** The same the other way round. */
function written(ms) {
  const two = (n) => String(n).padStart(2, "0");
  const [hours, minutes, seconds] = [Math.floor(ms / 3_600_000), Math.floor(ms / 60_000) % 60, (ms % 60_000) / 1000];
  const rest = (seconds < 10 ? "0" : "") + String(Math.round(seconds * 1000) / 1000);
  return hours > 0 ? `${hours}:${two(minutes)}:${rest}` : `${minutes}:${rest}`;
}

/** Brings the trim form to life. */
export function trimmer(place) {
  const whole = Number(place.dataset.wholeMs);
  const [wave, audio] = [place.querySelector("[data-trim-wave]"), place.querySelector("audio")];
  const fields = place.querySelector("form")?.elements;
  if (!whole || !wave) return;
  const width = wave.viewBox.baseVal.width;
  wave.addEventListener("click", (event) => {
    const box = wave.getBoundingClientRect();
    audio.currentTime = ((event.clientX - box.left) / box.width) * (whole / 1000);
  });
  if (!fields) return;
  const draw = () => {
    const at = (ms) => (Math.min(Math.max(ms, 0), whole) / whole) * width;
    const [head, end] = [at(millis(fields.from.value) ?? 0), at(millis(fields.to.value) ?? whole)];
    wave.querySelector("[data-cut=head]").setAttribute("width", head);
    const tail = wave.querySelector("[data-cut=tail]");
    tail.setAttribute("x", end);
    tail.setAttribute("width", width - end);
  };
  for (const name of ["from", "to"]) fields[name].addEventListener("input", draw);
  for (const button of place.querySelectorAll("[data-here]")) {
    button.addEventListener("click", () => {
      fields[button.dataset.here].value = written(Math.round(audio.currentTime * 1000));
      draw();
    });
  }
  draw();
}
