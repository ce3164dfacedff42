// Play buttons: links without script, real buttons with it, all showing what the one player does.
import { place } from "./places.js";
import { itemOf, player } from "./player.js";
import { length, word } from "./words.js";

/** Turns the play links below `root` into buttons and tells how much of each episode is left. */
export function playable(root) {
  for (const link of root.querySelectorAll("a[data-play]")) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = link.className;
    Object.assign(button.dataset, link.dataset);
    button.dataset.path = link.getAttribute("href");
    button.dataset.label = link.getAttribute("aria-label");
    button.append(...link.childNodes);
    link.replaceWith(button);
  }
  for (const left of root.querySelectorAll("[data-left]")) {
    const button = root.querySelector(`[data-play][data-id="${CSS.escape(left.dataset.left)}"]`);
    const at = place(left.dataset.left);
    const rest = Number(button?.dataset.duration ?? 0) / 1000 - at;
    if (at > 0 && rest > 0) left.textContent = word("left", length(rest));
  }
  show();
}

function show() {
  for (const button of document.querySelectorAll("button[data-play]")) {
    const playing = player.has(button.dataset.id) && player.playing;
    button.classList.toggle("playing", playing);
    button.setAttribute("aria-label", playing ? word("pause", button.dataset.title) : button.dataset.label);
  }
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-play]");
  if (!button) return;
  const at = button.dataset.at;
  delete button.dataset.at;
  player.toggle(itemOf(button), at === undefined ? undefined : Number(at));
});
for (const name of ["state", "item"]) player.addEventListener(name, show);
