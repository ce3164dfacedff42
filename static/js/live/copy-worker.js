// Where one's own voice passes on its way out: every packet goes on untouched, and is written into a private file of
// this site while it may be recorded. Knows nothing of the network, nor of what is done with the file.
import { FOLDER, PARTS_MAX, PART_BYTES, head, put } from "./copy-file.js";

let told = null;
let folder = null;
let handle = null;
let at = 0;
let parts = 0;
let keeps = false;
const red = new Map();

onmessage = async ({ data }) => {
  if (data.do === "open") await open(data).catch(() => (folder = null));
  if (data.do === "keep") keeps = data.on;
  if (data.do === "red") red.set(data.line, data.type);
  if (data.do === "close") {
    keeps = false;
    handle?.close();
    handle = folder = null;
    postMessage("closed");
  }
};

onrtctransform = ({ transformer }) => {
  const { line } = transformer.options;
  const watch = new TransformStream({
    transform(frame, way) {
      try {
        if (keeps && handle) keep(line, frame);
      } catch {
        // A full disk must not silence anybody: without a copy the voice still goes out.
        keeps = false;
      }
      way.enqueue(frame);
    },
  });
  transformer.readable.pipeThrough(watch).pipeTo(transformer.writable).catch(() => {});
};

async function open({ id, room, grant }) {
  told = { id, room, grant, began: Date.now() };
  const root = await navigator.storage.getDirectory();
  folder = await root.getDirectoryHandle(FOLDER, { create: true });
  await next();
}

/** Begins the next part; beyond the most there may be, the oldest goes. */
async function next() {
  parts += 1;
  const file = await folder.getFileHandle(`${told.id}-${parts}`, { create: true });
  const fresh = await file.createSyncAccessHandle();
  const opening = head(told);
  fresh.write(opening, { at: 0 });
  handle?.close();
  [handle, at] = [fresh, opening.length];
  if (parts > PARTS_MAX) await folder.removeEntry(`${told.id}-${parts - PARTS_MAX}`).catch(() => {});
}

function keep(line, frame) {
  const { rtpTimestamp, payloadType } = frame.getMetadata();
  const whole = new Uint8Array(frame.data);
  const packet = payloadType === red.get(line) ? own(whole) : whole;
  if (!packet || packet.length === 0) return;
  const bytes = put(line, rtpTimestamp, packet);
  handle.write(bytes, { at });
  at += bytes.length;
  if (at > PART_BYTES) {
    at = 0;
    next().catch(() => (keeps = false));
  }
}

/** The packet's own block, behind the earlier ones that it repeats (RFC 2198). */
function own(bytes) {
  let [at, earlier] = [0, 0];
  while (bytes[at] & 0x80) {
    earlier += ((bytes[at + 2] & 3) << 8) | bytes[at + 3];
    at += 4;
  }
  return at + 1 + earlier < bytes.length ? bytes.subarray(at + 1 + earlier) : null;
}
