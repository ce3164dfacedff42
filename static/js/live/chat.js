// The chat beside a room: lines as they come, writing, what moderators do with a line.
import { avatar, badge, el, icon, say } from "./view.js";
import { tell } from "./tell.js";

export class Chat {
  #unread = false;

  /** `named()` resolves once the visitor has a name; `deeds` are there for moderators: remove, pin and ban. */
  constructor(root, { feed, door, named, deeds = null }) {
    this.root = root;
    this.feed = feed;
    this.deeds = deeds;
    this.lines = root?.querySelector("[data-lines]");
    if (!this.lines) return;
    this.list = this.lines.querySelector("ol");
    this.newer = root.querySelector("[data-newer]");
    this.newer.addEventListener("click", () => this.#toEnd());
    this.lines.addEventListener("scroll", () => this.#atEnd() && (this.newer.hidden = true));
    for (const kind of ["snapshot", "chat", "chat_removed", "chat_pinned"]) {
      feed.addEventListener(kind, (event) => this.#draw(kind, event.detail));
    }
    const form = root.querySelector("[data-write]");
    form?.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#write(form, door, named);
    });
  }

  /** Draws all lines again, for somebody who has become a moderator. */
  renew(deeds) {
    if (!this.lines || Boolean(deeds) === Boolean(this.deeds)) return;
    this.deeds = deeds;
    this.#draw("snapshot");
  }

  #draw(kind, data) {
    const { now } = this.feed;
    const stays = this.#atEnd();
    if (kind === "snapshot") this.#opened();
    if (kind === "snapshot") this.list.replaceChildren(...now.chat.map((line) => this.#line(line)));
    if (kind === "chat") this.list.append(this.#line(data));
    if (kind === "chat_removed") this.#of(data.id)?.remove();
    while (this.list.children.length > 300) this.list.firstElementChild.remove();
    this.root.querySelector("[data-no-lines]").hidden = now.chat.length > 0;
    this.#pin(now.chat.find((line) => line.id === now.pinned));
    if (stays) this.#toEnd();
    else if (kind === "chat") this.newer.hidden = false;
  }

  /** The room has its events, so one can write in it. */
  #opened() {
    this.root.querySelector("[data-write-later]")?.remove();
    const form = this.root.querySelector("[data-write]");
    if (form) form.hidden = false;
  }

  #pin(line) {
    const place = this.root.querySelector("[data-pinned]");
    place.hidden = !line;
    if (line) place.querySelector("p").textContent = `${line.name}: ${line.text}`;
  }

  #line(line) {
    const host = line.badge === "host";
    const item = el(
      "li",
      { className: host ? "host" : "", "data-line": line.id },
      avatar(line.name),
      el("span", { className: "writer" }, el("strong", { dir: "auto" }, line.name), badge(line.badge)),
      this.deeds ? this.#keys(line) : el("span"),
      el("p", { dir: "auto" }, line.text),
    );
    return item;
  }

  #keys(line) {
    const key = (name, label, act) => {
      const given = { type: "button", className: "plain", "aria-label": label, title: label };
      const button = el("button", given, icon(name));
      button.addEventListener("click", act);
      return button;
    };
    return el(
      "span",
      { className: "chat-keys" },
      key("pin", tell("pin"), () => this.deeds.pin(this.feed.now.pinned === line.id ? null : line.id)),
      key("trash-2", tell("delete"), () => this.deeds.remove(line.id)),
      key("ban", `${tell("ban")}: ${line.name}`, () => this.deeds.ban(line)),
    );
  }

  #of(id) {
    return this.list.querySelector(`[data-line="${CSS.escape(id)}"]`);
  }

  #atEnd() {
    return this.lines.scrollHeight - this.lines.scrollTop - this.lines.clientHeight < 80;
  }

  #toEnd() {
    this.newer.hidden = true;
    this.lines.scrollTop = this.lines.scrollHeight;
  }

  async #write(form, door, named) {
    const field = form.elements.text;
    const text = field.value.trim();
    const problem = this.root.querySelector("[data-write-problem]");
    if (text === "" || this.busy) return;
    this.busy = true;
    try {
      if (!(await named())) return;
      await door.chat(text);
      field.value = "";
      say(problem, "");
    } catch (trouble) {
      say(problem, trouble.message);
    } finally {
      this.busy = false;
      field.focus();
    }
  }
}
