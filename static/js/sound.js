// Draws the waveform from the server's peaks; it shows a place and never touches the sound itself.
import "./shadow-styles.js";
import WaveSurfer from "../vendor/wavesurfer/wavesurfer.esm.js";

/** Stands where the drawing expects a media element, so that the real one stays with the player. */
class Silent extends EventTarget {
  constructor(duration) {
    super();
    Object.assign(this, { duration, paused: true, ended: false, seeking: false, readyState: 4 });
    Object.assign(this, { src: "", currentSrc: "" });
    Object.assign(this, { volume: 1, muted: false, playbackRate: 1, style: {} });
  }
  #at = 0;
  get currentTime() {
    return this.#at;
  }
  set currentTime(at) {
    this.#at = at;
    this.dispatchEvent(new Event("timeupdate"));
    this.dispatchEvent(new Event("seeked"));
  }
  play() {
    return Promise.resolve();
  }
  pause() {}
  load() {}
  remove() {}
  removeAttribute() {}
  canPlayType() {
    return "";
  }
}

/** Values between 0 and 1 from a peaks document: pairs of lowest and highest sample, or plain levels. */
export function levels(document) {
  const data = Array.isArray(document) ? document : document.data;
  const top = Array.isArray(document) ? Math.max(1e-9, ...data.map(Math.abs)) : 2 ** ((document.bits ?? 8) - 1);
  if (Array.isArray(document)) return data.map((value) => Math.abs(value) / top);
  const channels = document.channels ?? 1;
  const heights = [];
  for (let at = 0; at < data.length; at += 2 * channels) {
    let high = 0;
    for (let part = at; part < at + 2 * channels; part += 1) high = Math.max(high, Math.abs(data[part] ?? 0));
    heights.push(high / top);
  }
  return heights;
}

/** Fills `holder` with the waveform; the result has `setTime(seconds)` and `destroy()`. */
export function drawWave(holder, peaks, duration, width) {
  const colours = () => {
    const style = getComputedStyle(holder);
    const mix = document.createElement("span");
    mix.className = "wave-colour";
    holder.append(mix);
    const waveColor = getComputedStyle(mix).color;
    mix.remove();
    return { waveColor, progressColor: style.color };
  };
  const wave = WaveSurfer.create({
    container: holder,
    media: new Silent(duration),
    peaks: [levels(peaks)],
    duration,
    height: "auto",
    barWidth: width,
    barGap: width,
    barRadius: 2,
    barMinHeight: 2,
    cursorWidth: 0,
    normalize: true,
    interact: false,
    hideScrollbar: true,
    ...colours(),
  });
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const recolour = () => wave.setOptions(colours());
  dark.addEventListener("change", recolour);
  // The drawing follows its place in width by itself, in height only when told.
  let high = holder.clientHeight;
  const sized = new ResizeObserver(() => {
    if (holder.clientHeight === high) return;
    high = holder.clientHeight;
    wave.setOptions({ height: "auto" });
  });
  sized.observe(holder);
  return {
    setTime: (seconds) => wave.setTime(seconds),
    destroy: () => {
      sized.disconnect();
      dark.removeEventListener("change", recolour);
      wave.destroy();
    },
  };
}
