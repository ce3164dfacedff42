// What both room pages draw: seats, names, times, troubles. Knows nothing of where it comes from.
import { tell } from "./tell.js";

const ROLES = { host: "host", co_host: "coHost", producer: "producer", speaker: "speaker", listener: "listener" };
const sprite = document.querySelector("use")?.getAttribute("href").split("#")[0];
const SVG = "http://www.w3.org/2000/svg";

/** An element with properties, attributes (`aria-…`, `data-…`, `role`) and children. */
export function el(name, given = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(given)) {
    if (key.includes("-") || key === "role" || key === "dir") made.setAttribute(key, value);
    else made[key] = value;
  }
  made.append(...children.filter((child) => child !== null && child !== false));
  return made;
}

export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${sprite}#${name}`);
  svg.append(use);
  return svg;
}

/** Shows another symbol in an icon that is there. */
export function turn(button, name, label) {
  button.querySelector("use").setAttribute("href", `${sprite}#${name}`);
  button.querySelector("span").textContent = label;
}

export function avatar(name) {
  const words = name.trim().split(/\s+/u);
  const letters = [words[0], words.length > 1 ? words.at(-1) : ""].map((one) => [...one][0] ?? "").join("");
  const hue = [...name].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)) % 9973, 7) % 8;
  return el("span", { className: `avatar hue-${hue}`, "aria-hidden": "true" }, letters.toUpperCase());
}

/** How a name stands, told by the server: `host`, `speaker`, `signed_in` or `guest`. */
export function badge(kind, words = tell) {
  const names = { host: "badgeHost", speaker: "badgeSpeaker", signed_in: "badgeSignedIn", guest: "badgeGuest" };
  return el("small", { className: `standing ${kind}` }, words(names[kind] ?? kind));
}

export function roleOf(role) {
  return tell(ROLES[role] ?? role);
}

/** Draws the stage; `deeds(person)` gives what can be done with somebody as [label, act] pairs. */
export function seats(list, people, { you = null, deeds = () => [] } = {}) {
  const open = list.querySelector("details[open]")?.closest("li")?.dataset.who;
  list.replaceChildren(...people.map((one) => seat(one, you, deeds(one))));
  const again = open && list.querySelector(`li[data-who="${CSS.escape(open)}"] details`);
  if (again) again.open = true;
}

function seat(person, you, deeds) {
  const closed = person.muted || person.held;
  const away = person.here === false;
  const state = [closed && tell("muted"), away && tell("notHere")].filter(Boolean).join(", ");
  const name = person.who === you ? `${person.name} (${tell("you")})` : person.name;
  const mark = closed ? el("span", { className: "seat-mark" }, icon("mic-off")) : null;
  return el(
    "li",
    { className: `seat ${away ? "away" : ""}`, "data-who": person.who },
    el("span", { className: "seat-face" }, avatar(person.name), mark),
    el("strong", { dir: "auto" }, name),
    el("small", {}, roleOf(person.role), state && el("span", { className: "unseen" }, `, ${state}`)),
    deeds.length > 0 && menu(person.name, deeds),
  );
}

/** A menu of deeds behind three dots. */
export function menu(name, deeds) {
  const items = deeds.map(([label, act]) => {
    const button = el("button", { type: "button" }, label);
    button.addEventListener("click", () => {
      button.closest("details").open = false;
      act();
    });
    return button;
  });
  const summary = el("summary", { className: "plain", "aria-label": tell("menu", name) }, icon("ellipsis"));
  return el("details", { className: "menu seat-menu" }, summary, el("div", { className: "menu-list" }, ...items));
}

/** Rings around those who speak. */
export function ring(list, speaking) {
  const who = new Set(speaking);
  for (const one of list.children) one.classList.toggle("speaking", who.has(one.dataset.who));
}

/** Shows a sentence in `place`, or hides it when there is none. */
export function say(place, text) {
  if (!place || (place.hidden ? "" : place.textContent) === text) return;
  place.textContent = text;
  place.hidden = text === "";
}

/** The last words said, on the clock of the events. */
export function captions(place, feed) {
  if (!place) return;
  feed.addEventListener("cue", ({ detail }) => {
    place.hidden = false;
    const who = feed.now.stage.find((one) => one.who === detail.who);
    const name = who && el("strong", { dir: "auto" }, `${who.name}: `);
    place.append(el("p", { dir: "auto" }, name || null, detail.text));
    while (place.children.length > 3) place.firstElementChild.remove();
  });
}
