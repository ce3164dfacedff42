// The embedded player: the deck alone, its sound in a hidden bar.
import { deck } from "./deck.js";
import { listenToKeys } from "./keys.js";
import { enhance } from "./page.js";
import { playable } from "./playable.js";
import { itemOf } from "./player.js";

playable(document);
enhance(document);
deck(document);
listenToKeys(() => {
  const button = document.querySelector("button[data-play]");
  return button && itemOf(button);
});
