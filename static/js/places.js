// Where one left each episode, and how one likes to listen; in this browser only. Storage may be refused: then nothing
// is remembered and everything else works.
const PLACES = "rostrum.places";
const TASTE = "rostrum.taste";
const KEPT = 200;

function read(key) {
  try {
    return JSON.parse(localStorage.getItem(key)) ?? {};
  } catch {
    return {};
  }
}

function write(key, value) {
  try {
    localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // A full or forbidden store costs the memory, nothing else.
  }
}

/** Seconds into the episode, zero for the beginning. */
export function place(id) {
  return read(PLACES)[id]?.[0] ?? 0;
}

/** Notes a place; near either end it forgets. */
export function keep(id, seconds, duration) {
  const places = read(PLACES);
  delete places[id];
  if (seconds > 10 && !(duration - seconds < 20)) places[id] = [Math.floor(seconds), Date.now()];
  const ids = Object.keys(places);
  if (ids.length > KEPT) {
    ids.sort((a, b) => places[a][1] - places[b][1]);
    delete places[ids[0]];
  }
  write(PLACES, places);
}

/** Speed, volume and the like. */
export function taste() {
  return read(TASTE);
}

/** Changes one of them. */
export function prefer(name, value) {
  write(TASTE, { ...read(TASTE), [name]: value });
}
