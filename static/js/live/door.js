// The grant of this visitor, and what is asked of the room by it when no connection to the stage is open.
import { Trouble, tell, troubleOf } from "./tell.js";

export class Door {
  #kept = null;

  constructor(room) {
    this.base = `/rooms/${encodeURIComponent(room)}`;
    this.invite = new URLSearchParams(location.search).get("invite") ?? undefined;
    this.name = undefined;
  }

  /** Who one is to the room; asked for once, and again shortly before it ends or when `fresh`. */
  async grant(fresh = false) {
    if (!fresh && this.#kept && Date.parse(this.#kept.expires) - Date.now() > 60_000) return this.#kept;
    const body = { name: this.name, invite: this.invite };
    this.#kept = await this.#post("grant", body);
    return this.#kept;
  }

  /** Takes another name. */
  async rename(name) {
    this.name = name;
    return this.grant(true);
  }

  chat(text) {
    return this.#granted("chat", { text });
  }

  react(reaction) {
    return this.#granted("reactions", { reaction });
  }

  /** A request to the stage, as over the data channel. */
  control(command) {
    return this.#granted("control", { request: crypto.randomUUID(), ...command });
  }

  async #granted(path, body) {
    const { grant } = await this.grant();
    try {
      return await this.#post(path, body, grant);
    } catch (trouble) {
      if (trouble.status !== 401) throw trouble;
      const renewed = await this.grant(true);
      return this.#post(path, body, renewed.grant);
    }
  }

  async #post(path, body, grant) {
    const headers = { "content-type": "application/json", accept: "application/json" };
    if (grant) headers.authorization = `Bearer ${grant}`;
    let answer;
    try {
      answer = await fetch(`${this.base}/${path}`, { method: "POST", headers, body: JSON.stringify(body) });
    } catch {
      throw new Trouble(tell("offline"), "offline");
    }
    if (!answer.ok) throw await troubleOf(answer);
    return answer.status === 204 ? null : answer.json().catch(() => null);
  }
}
