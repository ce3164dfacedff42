// A copy of one's own voice that outlives a broken line: kept on this device while one is on air, and when the room has
// ended sent as far as the recording lacks it, then wiped.
import { FOLDER, missing, read } from "./copy-file.js";

const BATCH_BYTES = 900_000;
const WEEK_MS = 7 * 86_400_000;
const LINE_DOWN_MS = 10_000;

/** The copy in the making: on the way of the packets of one visit to a studio. */
export class Copy {
  #worker = new Worker(new URL("./copy-worker.js", import.meta.url), { type: "module" });
  #senders = [];

  static get works() {
    return "RTCRtpScriptTransform" in window && Boolean(navigator.storage?.getDirectory);
  }

  constructor(room, grant) {
    // What cannot be copied still goes out: packets that wait for a worker that cannot run would be silence.
    this.#worker.addEventListener("error", () => this.#stepAside());
    this.#worker.postMessage({ do: "open", id: crypto.randomUUID(), room, grant });
  }

  /** Has the packets of a sender pass by; before anything is negotiated. */
  attach(sender) {
    const line = this.#senders.push(sender);
    sender.transform = new RTCRtpScriptTransform(this.#worker, { line });
    return line;
  }

  #stepAside() {
    for (const sender of this.#senders) sender.transform = null;
  }

  /** Tells how packets that repeat earlier ones are called on a line. */
  described(line, sdp) {
    const type = /^a=rtpmap:(\d+) red\/48000/im.exec(sdp)?.[1];
    if (type) this.#worker.postMessage({ do: "red", line, type: Number(type) });
  }

  /** Only what may be recorded is kept. */
  keep(on) {
    this.#worker.postMessage({ do: "keep", on });
  }

  /** Ends the file; resolves when it can be read. */
  close() {
    return new Promise((done) => {
      this.#worker.addEventListener("message", () => done(), { once: true });
      this.#worker.postMessage({ do: "close" });
    });
  }
}

/**
 * Sends what recordings lack of the copies on this device and wipes them; `ended` is a room known to be over, whose
 * recording is waited for. `say` hears "sending", "sent" and "done".
 */
export async function give(ended, say) {
  for (const copy of await copies()) {
    try {
      await settle(copy, copy.told.room === ended, say);
    } catch {
      // Another visit tries again.
    }
  }
}

async function settle(copy, waits, say) {
  if (Date.now() - copy.told.began > WEEK_MS) return wipe(copy);
  for (;;) {
    const answer = await ask(copy);
    if (answer?.status === 200) {
      const { gaps } = await answer.json();
      const found = gaps.length > 0 ? missing(copy.packets, gaps) : [];
      if (found.length > 0) say("sending");
      if (await sent(copy, found)) {
        await wipe(copy);
        return say(found.length > 0 ? "sent" : "done");
      }
    } else if (answer && answer.status >= 400 && answer.status < 500 && answer.status !== 429) {
      return wipe(copy);
    }
    if (answer?.status === 202 && !waits) return undefined;
    const { again_s: again = LINE_DOWN_MS / 1000 } = answer?.status === 202 ? await answer.json() : {};
    await new Promise((done) => setTimeout(done, again * 1000));
  }
}

/** Whether all was taken. */
async function sent(copy, found) {
  for (let at = 0; at < found.length;) {
    const batch = [];
    for (let bytes = 0; at < found.length && bytes < BATCH_BYTES; at += 1) {
      batch.push(found[at]);
      bytes += found[at].length;
    }
    const answer = await ask(copy, new Blob(batch));
    if (answer?.status !== 200) return false;
  }
  return true;
}

function ask({ told: { room, grant } }, body) {
  const headers = { accept: "application/json", authorization: `Bearer ${grant}` };
  const address = `/rooms/${encodeURIComponent(room)}/backfill`;
  return fetch(address, { method: body ? "POST" : "GET", headers, body }).catch(() => null);
}

/** The copies on this device, each with the packets of all its parts. */
async function copies() {
  const found = new Map();
  const folder = await folderOf();
  for await (const [name, file] of folder?.entries() ?? []) {
    const part = await file.getFile().then((data) => data.arrayBuffer()).then(read).catch(() => null);
    if (!part) continue;
    const { told, packets } = part;
    const known = found.get(told.id) ?? { told, names: [], packets: [] };
    known.names.push(name);
    known.packets = known.packets.concat(packets);
    found.set(told.id, known);
  }
  return found.values();
}

async function wipe({ names }) {
  const folder = await folderOf();
  for (const name of names) await folder?.removeEntry(name).catch(() => {});
}

async function folderOf() {
  try {
    const root = await navigator.storage.getDirectory();
    return await root.getDirectoryHandle(FOLDER);
  } catch {
    return null;
  }
}
