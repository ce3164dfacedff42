// What everybody sees of a room, from its events: one picture of the whole, kept up to date. Knows nothing of the page.
const KINDS = [
  "snapshot", "chat", "chat_removed", "chat_pinned", "slow_mode", "cue", "reactions", "marker", "occupancy", "stage",
  "speaking", "state", "stage_lost", "epoch",
];
const CHAT_MAX = 300;

/** Events: each kind above, its data as detail, once `now` has taken it in; `line` when the events break or come. */
export class Feed extends EventTarget {
  now = {
    state: null,
    stage: [],
    speaking: [],
    chat: [],
    pinned: null,
    occupancy: null,
    slow_mode_s: 0,
    live_at_us: null,
    lost: false,
  };
  connected = false;
  #source = null;

  constructor(room, startsAt = null) {
    super();
    this.url = `/live/${encodeURIComponent(room)}/events`;
    this.startsAt = startsAt;
    this.#open();
    addEventListener("online", () => this.#open());
  }

  close() {
    this.closed = true;
    this.#source?.close();
  }

  #open() {
    if (this.closed || this.#source?.readyState === EventSource.OPEN) return;
    clearTimeout(this.retry);
    this.#source?.close();
    const source = new EventSource(this.url);
    this.#source = source;
    source.addEventListener("open", () => this.#line(true));
    source.addEventListener("error", () => {
      this.#line(false);
      if (source.readyState !== EventSource.CLOSED || source !== this.#source) return;
      this.retry = setTimeout(() => this.#open(), this.#patience_ms());
    });
    for (const kind of KINDS) {
      source.addEventListener(kind, (event) => this.#take(kind, JSON.parse(event.data)));
    }
  }

  /** Nobody hammers a room whose start is far away. */
  #patience_ms() {
    const until = this.startsAt ? this.startsAt - Date.now() : 0;
    return (until > 300_000 ? 30_000 : 3000) * (1 + Math.random());
  }

  #line(connected) {
    if (this.connected === connected) return;
    this.connected = connected;
    this.dispatchEvent(new Event("line"));
  }

  #take(kind, data) {
    this.#keep(kind, data);
    this.dispatchEvent(new CustomEvent(kind, { detail: data }));
  }

  #keep(kind, data) {
    const { now } = this;
    const keep = {
      snapshot: () => this.#begin(data),
      chat: () => (now.chat = [...now.chat.filter((line) => line.id !== data.id), data].slice(-CHAT_MAX)),
      chat_removed: () => (now.chat = now.chat.filter((line) => line.id !== data.id)),
      chat_pinned: () => (now.pinned = data.id),
      slow_mode: () => (now.slow_mode_s = data.seconds),
      occupancy: () => (now.occupancy = data.listeners),
      stage: () => (now.stage = data.people),
      speaking: () => (now.speaking = data.who),
      state: () => (now.state = data.state),
      stage_lost: () => (now.lost = true),
      epoch: () => Object.assign(now, { lost: false, epoch: data.epoch }),
    };
    keep[kind]?.();
  }

  #begin(data) {
    const known = Object.fromEntries(Object.entries(data).filter(([, value]) => value !== null));
    Object.assign(this.now, { lost: false, pinned: null }, known);
  }
}
