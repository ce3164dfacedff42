// Keys that work anywhere on a page with a player, unless one is typing.
import { player } from "./player.js";

/** Listens; `first` gives the item that a key plays when nothing is loaded. */
export function listenToKeys(first) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    const target = event.target;
    if (target.closest?.("input, textarea, select, [contenteditable], dialog[open]")) return;
    const ours = target.closest?.("button, a, summary, [role=slider], [role=tab]");
    const onButton = ours || target.localName?.startsWith("media-");
    if ((event.key === " " || event.key.startsWith("Arrow")) && onButton) return;
    if (act(event.key, first)) event.preventDefault();
  });
}

function act(key, first) {
  if (key === "?") return document.getElementById("keys")?.showModal(), true;
  if (key === " " || key === "k" || key === "K") return toggle(first);
  if (!player.item) return false;
  if (/^[0-9]$/.test(key)) return player.seek((player.duration * Number(key)) / 10), true;
  const acts = {
    j: () => player.skip(-15),
    l: () => player.skip(30),
    ArrowLeft: () => player.skip(-15),
    ArrowRight: () => player.skip(30),
    ArrowUp: () => player.volume(0.1),
    ArrowDown: () => player.volume(-0.1),
    m: () => player.mute(),
    "<": () => player.step(-1),
    ">": () => player.step(1),
  };
  const chosen = acts[key] ?? acts[key.toLowerCase()];
  chosen?.();
  return Boolean(chosen);
}

function toggle(first) {
  const item = player.item ?? first();
  if (!item) return false;
  player.toggle(item);
  return true;
}
