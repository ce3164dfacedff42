// The files of a safety copy: a head that says of which room, then packets, each with its line (which connection), RTP
// time and length. Pure: reads and makes bytes.

export const FOLDER = "rostrum-copies";
export const PART_BYTES = 25_000_000;
/** With the size of a part the most that a copy takes on a disk: 200 MB, about nine hours. */
export const PARTS_MAX = 8;
const FRAME_HEAD = 10;

/** The head of a file: its length in 32 bits, then JSON. */
export function head(told) {
  const json = new TextEncoder().encode(JSON.stringify(told));
  const bytes = new Uint8Array(4 + json.length);
  new DataView(bytes.buffer).setUint32(0, json.length, true);
  bytes.set(json, 4);
  return bytes;
}

/** A packet as it stands in a file, and in what is sent: there the line is the track. */
export function put(line, time, packet) {
  const bytes = new Uint8Array(FRAME_HEAD + packet.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, line, true);
  view.setUint32(4, time, true);
  view.setUint16(8, packet.length, true);
  bytes.set(packet, FRAME_HEAD);
  return bytes;
}

/** What a file says of itself and the packets it holds; null if it is none. A packet cut off at its end is left out. */
export function read(buffer) {
  try {
    const view = new DataView(buffer);
    const length = view.getUint32(0, true);
    const told = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 4, length)));
    const packets = [];
    for (let at = 4 + length; at + FRAME_HEAD <= buffer.byteLength;) {
      const [line, time] = [view.getUint32(at, true), view.getUint32(at + 4, true)];
      const size = view.getUint16(at + 8, true);
      if (size === 0 || at + FRAME_HEAD + size > buffer.byteLength) break;
      packets.push({ line, time, packet: new Uint8Array(buffer, at + FRAME_HEAD, size) });
      at += FRAME_HEAD + size;
    }
    return { told, packets };
  } catch {
    return null;
  }
}

/** Packets that lie in gaps, as bytes to be sent. A line is that of a gap's track if it holds the packet before. */
export function missing(packets, gaps) {
  const lines = new Map();
  for (const one of packets) {
    if (!lines.has(one.line)) lines.set(one.line, new Map());
    lines.get(one.line).set(one.time, one.packet);
  }
  const found = [];
  for (const { track, after, from, samples } of gaps) {
    for (const times of lines.values()) {
      if (!times.has(after)) continue;
      for (const [time, packet] of times) if ((time - from) >>> 0 < samples) found.push(put(track, time, packet));
    }
  }
  return found;
}
