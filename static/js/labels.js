// The names that screen readers hear for the parts of the bar, in the page's language: the components name themselves
// in English, each time their state changes.
import { word } from "./words.js";

const NAMES = {
  "media-controller": () => "barPlayer",
  "media-play-button": (part) => (part.hasAttribute("mediapaused") ? "barPlay" : "barPause"),
  "media-seek-backward-button": () => "barBack",
  "media-seek-forward-button": () => "barForward",
  "media-time-range": () => "barSeek",
  "media-mute-button": (part) => (part.getAttribute("mediavolumelevel") === "off" ? "barUnmute" : "barMute"),
  "media-volume-range": () => "barVolume",
  "media-time-display": () => "barTime",
};

function name(part) {
  const key = NAMES[part.localName]?.(part);
  if (key && part.getAttribute("aria-label") !== word(key)) part.setAttribute("aria-label", word(key));
}

/** Names the parts below `bar`, now and whenever they name themselves anew. */
export function label(bar) {
  bar.querySelectorAll(Object.keys(NAMES).join()).forEach(name);
  const seen = new MutationObserver((changes) => changes.forEach(({ target }) => name(target)));
  seen.observe(bar, { subtree: true, attributeFilter: ["aria-label", "mediapaused", "mediavolumelevel"] });
}
