// The one player of the page: a single audio element in the bar at the foot, whatever page asks it to play.
import { keep, place, prefer, taste } from "./places.js";
import { label } from "./labels.js";
import { clock, number, say, word } from "./words.js";

const NOW = "rostrum.now";
const RATES = [0.5, 0.8, 1, 1.2, 1.5, 1.8, 2, 2.5, 3];

class Player extends EventTarget {
  item = null;
  audio = null;
  bar = document.getElementById("bar");
  #sleep = null;
  #kept = 0;

  get playing() {
    return Boolean(this.audio) && !this.audio.paused;
  }

  get duration() {
    const known = this.audio?.duration;
    return Number.isFinite(known) && known > 0 ? known : (this.item?.duration ?? 0);
  }

  get time() {
    return this.audio?.currentTime ?? 0;
  }

  /** Whether `id` is what is loaded. */
  has(id) {
    return this.item?.id === id;
  }

  /** Plays or pauses `item`; another item replaces the present one. */
  toggle(item, at) {
    if (!this.has(item.id)) this.load(item, at);
    else if (at !== undefined) this.seek(at);
    else if (this.playing) return this.audio.pause();
    this.play();
  }

  play() {
    this.audio?.play().catch((error) => {
      if (error.name === "NotAllowedError" || error.name === "AbortError") return;
      say(word("cannotPlay"), true);
    });
  }

  /** Loads `item` without playing, at `at` seconds or where one left it. */
  load(item, at) {
    if (this.item) keep(this.item.id, this.time, this.duration);
    this.item = item;
    if (!this.audio) this.#build();
    this.audio.src = item.src;
    this.#start(at ?? place(item.id));
    this.#dress();
    this.#remember();
    this.#emit("item");
  }

  seek(seconds) {
    if (!this.audio) return;
    const to = Math.min(Math.max(0, seconds), Math.max(0, this.duration - 0.2));
    if (this.audio.readyState === 0) this.#start(to);
    else this.audio.currentTime = to;
    this.#emit("time");
  }

  skip(seconds) {
    this.seek(this.time + seconds);
  }

  rate(value) {
    if (!this.audio) return prefer("rate", value);
    this.audio.playbackRate = value;
    this.audio.defaultPlaybackRate = value;
    prefer("rate", value);
  }

  /** One step slower or faster. */
  step(direction) {
    const now = this.audio?.playbackRate ?? 1;
    const next = direction > 0 ? RATES.find((r) => r > now) : RATES.findLast((r) => r < now);
    if (next) this.rate(next);
  }

  volume(change) {
    if (!this.audio) return;
    this.audio.muted = false;
    this.audio.volume = Math.min(1, Math.max(0, this.audio.volume + change));
  }

  mute() {
    if (this.audio) this.audio.muted = !this.audio.muted;
  }

  /** Stops after `minutes`, at the end of the episode (`"end"`), or never (`"0"`). */
  sleep(choice) {
    clearInterval(this.#sleep?.timer);
    this.#sleep = null;
    if (choice === "end") this.#sleep = { atEnd: true };
    else if (Number(choice) > 0) {
      this.#sleep = { until: Date.now() + Number(choice) * 60_000, timer: setInterval(() => this.#doze(), 1000) };
    }
    this.#doze(choice);
  }

  /** Ends playing and puts the bar away. */
  stop() {
    if (!this.audio) return;
    keep(this.item.id, this.time, this.duration);
    this.audio.pause();
    this.audio.removeAttribute("src");
    this.audio.load();
    this.item = null;
    this.bar.hidden = true;
    this.#forget();
    this.#emit("item");
  }

  /** After a page load: shows again what was loaded before it, not playing. */
  restore() {
    try {
      const kept = JSON.parse(sessionStorage.getItem(NOW));
      if (kept?.id && kept.src) this.load(kept);
    } catch {
      this.#forget();
    }
  }

  #start(at) {
    // Before anything is known of the sound, a fragment-free way to begin elsewhere is to wait for its length.
    const set = () => {
      if (at > 0) this.audio.currentTime = at;
    };
    if (this.audio.readyState > 0) set();
    else this.audio.addEventListener("loadedmetadata", set, { once: true });
    this.#pending = at;
  }
  #pending = 0;

  /** The place shown: the real one, or the one it will begin at. */
  get shown() {
    return this.audio && this.audio.readyState > 0 ? this.time : this.#pending;
  }

  #build() {
    const copy = document.getElementById("bar-template").content.cloneNode(true);
    this.bar.append(copy);
    this.audio = this.bar.querySelector("audio");
    this.#listen();
    this.#menus();
    const { rate = 1, volume = 1, muted = false } = taste();
    this.rate(rate);
    this.audio.volume = volume;
    this.audio.muted = muted;
    this.#components();
  }

  async #components() {
    if (!this.bar.querySelector("media-controller")) return;
    try {
      await import("./shadow-styles.js");
      await import("../vendor/media-chrome/index.js");
      label(this.bar);
    } catch {
      this.audio.controls = true;
    }
  }

  #listen() {
    const audio = this.audio;
    for (const name of ["play", "pause", "ended"]) audio.addEventListener(name, () => this.#changed(name));
    audio.addEventListener("timeupdate", () => this.#ticked());
    audio.addEventListener("seeked", () => this.#emit("time"));
    audio.addEventListener("loadedmetadata", () => this.#emit("time"));
    audio.addEventListener("ratechange", () => this.#rated());
    audio.addEventListener("volumechange", () => {
      prefer("volume", audio.volume);
      prefer("muted", audio.muted);
    });
    audio.addEventListener("error", () => {
      if (this.item && audio.getAttribute("src")) say(word("cannotPlay"), true);
    });
    addEventListener("pagehide", () => this.#remember());
  }

  #changed(name) {
    if (name === "ended") {
      keep(this.item.id, this.duration, this.duration);
      if (this.#sleep?.atEnd) this.sleep("0");
    } else this.#remember();
    if ("mediaSession" in navigator) navigator.mediaSession.playbackState = this.playing ? "playing" : "paused";
    this.#emit("state");
  }

  #ticked() {
    this.#emit("time");
    if (Math.abs(this.time - this.#kept) > 5) this.#remember();
    const session = navigator.mediaSession;
    if (session?.setPositionState && this.duration > 0) {
      session.setPositionState({
        duration: this.duration,
        position: Math.min(this.time, this.duration),
        playbackRate: this.audio.playbackRate,
      });
    }
  }

  #rated() {
    const rate = this.audio.playbackRate;
    const show = this.bar.querySelector("[data-rate-now]");
    if (show) show.textContent = `${number(rate)}×`;
    for (const button of this.bar.querySelectorAll("[data-set-rate]")) {
      button.setAttribute("aria-pressed", String(Number(button.dataset.setRate) === rate));
    }
    this.#emit("rate");
  }

  #menus() {
    this.bar.addEventListener("click", (event) => {
      const button = event.target.closest("button");
      if (!button) return;
      if (button.dataset.setRate) this.rate(Number(button.dataset.setRate));
      if (button.dataset.sleep !== undefined) this.sleep(button.dataset.sleep);
      if (button.dataset.setRate || button.dataset.sleep) button.closest("[popover]")?.hidePopover();
      if ("stop" in button.dataset) this.stop();
      if ("more" in button.dataset) {
        button.setAttribute("aria-expanded", String(this.bar.classList.toggle("open")));
      }
    });
  }

  #doze(choice) {
    const left = this.bar.querySelector("[data-sleep-left]");
    if (choice !== undefined) {
      for (const button of this.bar.querySelectorAll("[data-sleep]")) {
        button.setAttribute("aria-pressed", String(button.dataset.sleep === choice));
      }
    }
    if (!this.#sleep) return void (left.textContent = "");
    if (this.#sleep.atEnd) return void (left.textContent = word("end"));
    const seconds = (this.#sleep.until - Date.now()) / 1000;
    left.textContent = clock(seconds);
    if (seconds > 0) return;
    this.audio.pause();
    this.sleep("0");
    say(word("slept"));
  }

  #dress() {
    const { item, bar } = this;
    bar.hidden = false;
    bar.querySelector("[data-title]").textContent = item.title;
    bar.querySelector("[data-show]").textContent = item.show;
    bar.querySelector(".bar-what").href = item.path;
    const art = bar.querySelector(".bar-what .art");
    art.className = `art tiny ${item.hue ?? ""}`;
    art.replaceChildren();
    if (item.art) {
      const img = new Image();
      img.src = item.art;
      img.alt = "";
      art.append(img);
    } else {
      const letters = document.createElement("span");
      letters.textContent = item.letters ?? "";
      art.append(letters);
    }
    this.#session();
  }

  #session() {
    const session = navigator.mediaSession;
    if (!session || !("MediaMetadata" in window)) return;
    const { title, show, art } = this.item;
    session.metadata = new MediaMetadata({ title, artist: show, artwork: art ? [{ src: art, sizes: "600x600" }] : [] });
    const actions = {
      play: () => this.play(),
      pause: () => this.audio.pause(),
      seekbackward: (d) => this.skip(-(d.seekOffset || 15)),
      seekforward: (d) => this.skip(d.seekOffset || 30),
      seekto: (d) => this.seek(d.seekTime),
      stop: () => this.stop(),
    };
    for (const [name, act] of Object.entries(actions)) {
      try {
        session.setActionHandler(name, act);
      } catch {
        // An action this browser does not know is left out.
      }
    }
  }

  #remember() {
    if (!this.item) return;
    this.#kept = this.time;
    if (this.audio.readyState > 0) keep(this.item.id, this.time, this.duration);
    try {
      sessionStorage.setItem(NOW, JSON.stringify(this.item));
    } catch {
      // Without storage the bar does not come back after a reload.
    }
  }

  #forget() {
    try {
      sessionStorage.removeItem(NOW);
    } catch {
      // Nothing was kept then.
    }
  }

  #emit(name) {
    this.dispatchEvent(new Event(name));
  }
}

/** What a play button says about its episode. */
export function itemOf(button) {
  const { id, src, title, show, art, duration } = button.dataset;
  const near = button.closest(".episode-row, .lead, .show-head, .episode, .embed-main");
  const tile = near?.querySelector(".art");
  const hue = [...(tile?.classList ?? [])].find((name) => name.startsWith("hue-"));
  const letters = art ? "" : (tile?.textContent.trim() ?? "");
  const path = button.dataset.path ?? button.getAttribute("href");
  return { id, src, title, show, art, path, hue, letters, duration: Number(duration) / 1000 };
}

export const player = new Player();
