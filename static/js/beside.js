// What was written while an episode was a room, coming up again as it plays.
import { avatar, badge, el } from "./live/view.js";
import { clock } from "./words.js";

const SHOWN = 200;
/** A line that is taken out is gone from open pages within two seconds. */
const LOOK_EVERY_MS = 1500;

export class Beside {
  #lines = [];
  #end = 0;
  #seconds = 0;
  #version = null;

  constructor(root) {
    this.root = root;
    this.box = root.querySelector("[data-lines]");
    this.list = this.box.querySelector("ol");
    this.none = this.box.querySelector("[data-no-lines]");
  }

  async load() {
    const answer = await fetch(this.root.dataset.beside);
    const version = answer.headers.get("etag");
    if (!answer.ok || version === this.#version) return;
    this.#lines = (await answer.json()).lines;
    this.#version = version;
    const place = this.box.scrollTop;
    this.#end = -1;
    this.at(this.#seconds);
    this.box.scrollTop = place;
  }

  /** Looks again while the page is seen, until `signal`. */
  follow(signal) {
    const look = () => document.visibilityState === "visible" && this.load().catch(() => {});
    const timer = setInterval(look, LOOK_EVERY_MS);
    document.addEventListener("visibilitychange", look, { signal });
    signal.addEventListener("abort", () => clearInterval(timer));
  }

  /** Shows what was written up to `seconds`. */
  at(seconds) {
    this.#seconds = seconds;
    const end = this.#before(seconds * 1000);
    if (end === this.#end) return;
    const stays = this.box.scrollHeight - this.box.scrollTop - this.box.clientHeight < 80;
    const from = Math.max(0, end - SHOWN);
    if (end > this.#end && from <= this.#end) this.list.append(...this.#drawn(this.#end, end));
    else this.list.replaceChildren(...this.#drawn(from, end));
    while (this.list.children.length > SHOWN) this.list.firstElementChild.remove();
    this.#end = end;
    this.none.hidden = end > 0;
    if (stays) this.box.scrollTop = this.box.scrollHeight;
  }

  #before(at_ms) {
    let [low, high] = [0, this.#lines.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#lines[middle].at_ms <= at_ms) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #drawn(from, end) {
    return this.#lines.slice(from, end).map((line) => this.#line(line));
  }

  #line({ at_ms: at, name, badge: kind, text }) {
    const seconds = Math.floor(at / 1000);
    const words = (key) => this.root.dataset[key] ?? "";
    const link = el("a", { className: "at", href: `?t=${seconds}`, "data-seek": String(at) });
    link.append(el("time", {}, clock(seconds)));
    return el(
      "li",
      { className: kind === "host" ? "host" : "" },
      avatar(name),
      el("span", { className: "writer" }, el("strong", { dir: "auto" }, name), badge(kind, words)),
      link,
      el("p", { dir: "auto" }, text),
    );
  }
}
