// The large player of an episode's page: waveform, chapters, transcript, all driven by the one player.
import { place } from "./places.js";
import { itemOf, player } from "./player.js";
import { clock, number, word } from "./words.js";

const BARS = 2;

/** Makes the deck inside `root` work, if there is one; returns a function that takes it down. */
export function deck(root) {
  const host = root.querySelector("[data-episode]");
  const button = host?.querySelector(".deck-main [data-play]");
  if (!button) return () => {};
  const view = new Deck(host, itemOf(button));
  return () => view.leave();
}

class Deck {
  #gone = new AbortController();
  #wave = null;
  #cues = [];
  #cue = null;

  constructor(host, item) {
    this.host = host;
    this.item = item;
    this.duration = Number(host.dataset.duration) / 1000;
    this.slider = host.querySelector(".sound-canvas");
    this.chapters = [...host.querySelectorAll(".chapters [data-seek], ol.unseen [data-seek]")];
    this.#marks();
    this.#slide();
    this.#seeks();
    this.#keys();
    this.#transcript();
    this.#chat();
    const { signal } = this.#gone;
    for (const name of ["time", "item", "state"]) player.addEventListener(name, () => this.draw(), { signal });
    player.addEventListener("rate", () => this.#rate(), { signal });
    this.#rate();
    this.#begin();
    this.draw();
    this.#sound();
  }

  leave() {
    this.#gone.abort();
    this.#wave?.destroy();
  }

  get mine() {
    return player.has(this.item.id);
  }

  /** Seconds to show: where it plays, or where one left it. */
  get at() {
    return this.mine ? player.shown : (this.startAt ?? place(this.item.id));
  }

  /** Goes to `seconds` and plays on. */
  jump(seconds) {
    player.toggle(this.item, seconds);
  }

  draw() {
    const at = this.at;
    const { slider } = this;
    slider.setAttribute("aria-valuenow", String(Math.floor(at)));
    slider.setAttribute("aria-valuetext", word("position", clock(at), clock(this.duration)));
    for (const now of this.host.querySelectorAll("[data-now]")) now.textContent = clock(at);
    const shareTime = document.querySelector("[data-share-time]");
    if (shareTime) shareTime.textContent = clock(at);
    this.#wave?.setTime(at);
    this.#chapter(at);
    this.#follow(at);
    this.beside?.at(at);
  }

  #begin() {
    const asked = new URLSearchParams(location.search).get("t");
    if (asked && /^\d+(\.\d+)?$/.test(asked)) this.startAt = Number(asked);
    if (this.startAt === undefined) return;
    if (this.mine) player.seek(this.startAt);
    this.host.querySelector(".deck-main [data-play]").dataset.at = String(this.startAt);
  }

  #marks() {
    const marks = this.host.querySelector(".sound-marks");
    for (const chapter of this.chapters) {
      const seconds = Number(chapter.dataset.seek) / 1000;
      if (seconds <= 0 || seconds >= this.duration) continue;
      const mark = document.createElement("i");
      mark.style.insetInlineStart = `${(seconds / this.duration) * 100}%`;
      marks.append(mark);
    }
  }

  #slide() {
    const { signal } = this.#gone;
    const to = (event) => {
      const box = this.slider.getBoundingClientRect();
      return ((event.clientX - box.left) / box.width) * this.duration;
    };
    this.slider.addEventListener("click", (event) => this.jump(to(event)), { signal });
    this.slider.addEventListener(
      "keydown",
      (event) => {
        const steps = { ArrowLeft: -15, ArrowDown: -15, ArrowRight: 30, ArrowUp: 30, PageDown: -60, PageUp: 60 };
        const ends = { Home: 0, End: this.duration - 5 };
        const goal = event.key in ends ? ends[event.key] : this.at + (steps[event.key] ?? NaN);
        if (Number.isNaN(goal)) return;
        event.preventDefault();
        event.stopPropagation();
        if (this.mine) player.seek(goal);
        else player.load(this.item, Math.max(0, goal));
      },
      { signal },
    );
  }

  #seeks() {
    this.host.addEventListener(
      "click",
      (event) => {
        const link = event.target.closest("[data-seek]");
        const cue = event.target.closest("[data-t]");
        if (!link && !cue) return;
        if (cue && String(getSelection()).length > 0) return;
        event.preventDefault();
        event.stopPropagation();
        this.jump(Number((link ?? cue).dataset.seek ?? cue.dataset.t) / 1000);
      },
      { signal: this.#gone.signal },
    );
  }

  #keys() {
    const { signal } = this.#gone;
    for (const button of this.host.querySelectorAll("[data-skip]")) {
      button.addEventListener(
        "click",
        () => {
          const goal = this.at + Number(button.dataset.skip);
          if (this.mine) player.seek(goal);
          else player.load(this.item, Math.max(0, goal));
        },
        { signal },
      );
    }
    const rates = [1, 1.2, 1.5, 1.8, 2, 2.5, 3, 0.5, 0.8];
    this.host.querySelector("[data-rate]")?.addEventListener(
      "click",
      () => {
        if (!player.item) player.load(this.item);
        player.rate(rates[(rates.indexOf(player.audio.playbackRate) + 1) % rates.length]);
      },
      { signal },
    );
  }

  #rate() {
    const show = this.host.querySelector("[data-rate-text]");
    if (show && player.audio) show.textContent = `${number(player.audio.playbackRate)}×`;
  }

  #chapter(at) {
    const current = this.chapters.findLast((chapter) => Number(chapter.dataset.seek) / 1000 <= at + 0.3);
    for (const chapter of this.chapters) {
      const here = chapter === current && (this.mine || at > 0);
      chapter.parentElement.classList.toggle("current", here);
      if (here) chapter.setAttribute("aria-current", "true");
      else chapter.removeAttribute("aria-current");
    }
    const show = this.host.querySelector("[data-chapter]");
    const title = current?.querySelector("span")?.textContent ?? current?.textContent ?? "";
    if (show && show.textContent !== title) show.textContent = title;
  }

  #transcript() {
    this.box = this.host.querySelector(".transcript");
    if (!this.box) return;
    this.#cues = [...this.box.querySelectorAll("[data-t]")].map((span) => [Number(span.dataset.t) / 1000, span]);
    this.following = this.host.querySelector("[data-follow]");
    const { signal } = this.#gone;
    for (const name of ["wheel", "touchmove"]) {
      this.box.addEventListener(name, () => (this.following.checked = false), { signal, passive: true });
    }
    this.following.addEventListener("change", () => this.#follow(this.at, true), { signal });
    this.host.addEventListener("turned", () => this.#follow(this.at, true), { signal });
    finder(this.host, this.#cues, signal);
  }

  async #chat() {
    const root = this.host.querySelector("[data-beside]");
    if (!root) return;
    const { Beside } = await import("./beside.js");
    const beside = new Beside(root);
    await beside.load().catch(() => {});
    if (this.#gone.signal.aborted) return;
    this.beside = beside;
    beside.follow(this.#gone.signal);
    this.draw();
  }

  #follow(at, force = false) {
    if (this.#cues.length === 0 || (!this.mine && at === 0)) return;
    let [low, high] = [0, this.#cues.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#cues[middle][0] <= at + 0.15) low = middle + 1;
      else high = middle;
    }
    const cue = this.#cues[low - 1]?.[1] ?? null;
    if (cue === this.#cue && !force) return;
    this.#cue?.classList.remove("current");
    cue?.classList.add("current");
    this.#cue = cue;
    if (!cue || !this.following.checked || this.box.offsetParent === null) return;
    const [inner, outer] = [cue.getBoundingClientRect(), this.box.getBoundingClientRect()];
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth";
    this.box.scrollTo({ top: this.box.scrollTop + inner.top - outer.top - outer.height / 3, behavior: calm });
  }

  async #sound() {
    const { peaks } = this.host.dataset;
    const holder = this.host.querySelector("[data-sound]");
    if (!peaks || !holder) return;
    await new Promise((ready) => (window.requestIdleCallback ?? setTimeout)(ready));
    try {
      const [{ drawWave }, answer] = await Promise.all([import("./sound.js"), fetch(peaks)]);
      if (!answer.ok || this.#gone.signal.aborted) return;
      this.#wave = drawWave(this.slider, await answer.json(), this.duration, BARS);
      holder.classList.add("live");
      this.#gone.signal.addEventListener("abort", () => this.#wave.destroy());
      this.draw();
    } catch {
      // The still waveform that came with the page stays.
    }
  }
}

function finder(host, cues, signal) {
  const [field, found] = [host.querySelector("[data-find]"), host.querySelector("[data-found]")];
  let hits = [];
  let at = -1;
  const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const show = () => {
    hits.forEach((hit, index) => hit.classList.toggle("here", index === at));
    found.textContent = field.value.trim().length > 1 ? word("found", hits.length === 0 ? 0 : at + 1, hits.length) : "";
    hits[at]?.scrollIntoView({ block: "center" });
  };
  const look = () => {
    for (const mark of hits) mark.replaceWith(...mark.childNodes);
    cues.forEach(([, span]) => span.normalize());
    const wanted = fold(field.value.trim());
    hits = wanted.length < 2 ? [] : cues.filter(([, span]) => fold(span.textContent).includes(wanted)).map(wrap);
    at = hits.length > 0 ? 0 : -1;
    if (hits.length > 0) host.querySelector("[data-follow]").checked = false;
    show();
  };
  const wrap = ([, span]) => {
    const mark = document.createElement("mark");
    mark.append(...span.childNodes);
    span.append(mark);
    return mark;
  };
  let wait;
  field.addEventListener("input", () => (clearTimeout(wait), (wait = setTimeout(look, 150))), { signal });
  field.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Enter" || hits.length === 0) return;
      event.preventDefault();
      at = (at + (event.shiftKey ? hits.length - 1 : 1)) % hits.length;
      show();
    },
    { signal },
  );
}
