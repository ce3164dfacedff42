// What every page can do once scripts run: local times, copying, dialogs, tabs, revealed passwords.
import { say, word } from "./words.js";

// The reader's own way of writing dates, in the language of the page.
const lang = document.documentElement.lang;
const locale = navigator.languages.find((one) => one.split("-")[0] === lang.split("-")[0]) ?? lang;
const day = new Intl.DateTimeFormat(locale, { dateStyle: "long" });
const moment = new Intl.DateTimeFormat(locale, {
  year: "numeric",
  month: "long",
  day: "numeric",
  hour: "numeric",
  minute: "2-digit",
  timeZoneName: "short",
});

/** Readies the parts below `root`; asked again for every part that comes in later. */
export function enhance(root) {
  for (const time of root.querySelectorAll("time[data-day], time[data-moment]")) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    time.textContent = ("day" in time.dataset ? day : moment).format(at);
    time.title = moment.format(at);
  }
  for (const strip of root.querySelectorAll("[data-tabs]")) tabs(strip);
  for (const field of root.querySelectorAll("input[data-revealable]")) reveal(field);
  root.querySelector("[data-focus]")?.focus();
  const share = root.querySelector("[data-native-share]");
  if (share && navigator.share) share.hidden = false;
}

function tabs(strip) {
  const nav = strip.querySelector(".tabs");
  const links = [...nav.querySelectorAll("a")];
  if (links.length < 2) return void (nav.hidden = true);
  const parts = links.map((link) => strip.querySelector(link.hash));
  const narrow = matchMedia("(max-width: 59.99rem)");
  const show = (at, focus) => {
    links.forEach((link, index) => {
      link.setAttribute("aria-selected", String(index === at));
      link.tabIndex = index === at ? 0 : -1;
      parts[index].toggleAttribute("data-off", index !== at);
    });
    if (focus) links[at].focus();
    strip.dispatchEvent(new Event("turned", { bubbles: true }));
  };
  strip.classList.add("on");
  nav.setAttribute("role", "tablist");
  links.forEach((link, at) => {
    link.setAttribute("role", "tab");
    link.setAttribute("aria-controls", parts[at].id);
    link.addEventListener("click", (event) => {
      if (!narrow.matches) return;
      event.preventDefault();
      show(at);
    });
    link.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!step) return;
      event.preventDefault();
      event.stopPropagation();
      show((at + step + links.length) % links.length, true);
    });
  });
  const wanted = links.findIndex((link) => link.hash === location.hash);
  show(Math.max(0, wanted));
}

function reveal(field) {
  const box = document.createElement("span");
  const button = document.createElement("button");
  box.className = "reveal";
  button.type = "button";
  button.className = "plain";
  button.textContent = word("show");
  button.setAttribute("aria-pressed", "false");
  field.replaceWith(box);
  box.append(field, button);
  button.addEventListener("click", () => {
    const hidden = field.type === "password";
    field.type = hidden ? "text" : "password";
    button.setAttribute("aria-pressed", String(hidden));
    field.focus();
  });
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    say(word("copied"), true);
  } catch {
    say(word("notCopied"), true);
  }
}

function shareUrl() {
  const field = document.querySelector("[data-share]");
  const at = document.querySelector("[data-share-at]")?.checked;
  const seconds = Number(document.querySelector("[data-now]")?.closest("[data-episode]")
    ?.querySelector(".sound-canvas")?.getAttribute("aria-valuenow") ?? 0);
  field.value = at && seconds > 0 ? `${field.dataset.share}?t=${seconds}` : field.dataset.share;
  return field.value;
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("button, a");
  if (event.target.matches?.("[data-select]")) event.target.select();
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
  if (event.target.localName === "dialog") event.target.close();
  if (!button) return;
  const { open, copy: text, copyFrom } = button.dataset;
  if (open) {
    const dialog = document.getElementById(open);
    dialog?.showModal();
    if (open === "share") shareUrl();
  }
  if ("close" in button.dataset) button.closest("dialog")?.close();
  if (text) copy(text);
  if (copyFrom) copy(document.getElementById(copyFrom).value);
  if ("nativeShare" in button.dataset) {
    navigator.share({ title: document.title, url: shareUrl() }).catch(() => {});
  }
});
document.addEventListener("change", (event) => {
  if (event.target.matches("[data-share-at]")) shareUrl();
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = event.target.closest?.("details.menu[open]");
  if (!menu) return;
  menu.open = false;
  menu.querySelector("summary").focus();
});
