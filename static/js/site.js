// The public pages.
import { deck } from "./deck.js";
import { listenToKeys } from "./keys.js";
import { enhance } from "./page.js";
import { playable } from "./playable.js";
import { itemOf, player } from "./player.js";
import { route } from "./router.js";

let leave = () => {};

function arrive(root) {
  playable(root);
  enhance(root);
  leave = deck(root);
}

arrive(document);
player.restore();
listenToKeys(() => {
  const button = document.querySelector("button[data-play]");
  return button && itemOf(button);
});
route(arrive, () => leave());
