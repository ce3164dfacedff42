// Walks through the site without leaving the page, so that the sound goes on. Only while something is loaded in the
// player; otherwise, and whenever anything is unusual, the browser goes the plain way.
import { player } from "./player.js";
import { say } from "./words.js";

const PUBLIC = /^\/($|shows\/|search$)/;
let here = location.href.split("#")[0];
let walk = 0;

/** Starts; `arrive(main)` readies a page that came in, `leave()` puts the old one away. */
export function route(arrive, leave) {
  const go = async (url, push) => {
    const mine = (walk += 1);
    const next = await load(url);
    if (mine !== walk) return;
    if (!next) return void location.assign(url);
    leave();
    if (push) {
      history.replaceState({ ...history.state, scroll: scrollY }, "");
      history.pushState({}, "", url);
    }
    here = location.href.split("#")[0];
    const main = swap(next);
    arrive(main);
    settle(url, push);
  };

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href]");
    if (!link || event.defaultPrevented || event.button !== 0 || !ours(link)) return;
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const url = new URL(link.href);
    if (url.hash && url.href.split("#")[0] === here) return;
    event.preventDefault();
    go(url, true);
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "get" || event.defaultPrevented || !player.item) return;
    const url = new URL(form.action);
    url.search = new URLSearchParams(new FormData(form)).toString();
    if (!PUBLIC.test(url.pathname)) return;
    event.preventDefault();
    go(url, true);
  });
  addEventListener("popstate", () => {
    if (location.href.split("#")[0] === here) return;
    go(new URL(location.href), false);
  });
}

function ours(link) {
  if (!player.item || link.target || link.hasAttribute("download") || "plain" in link.dataset) return false;
  const url = new URL(link.href);
  return url.origin === location.origin && PUBLIC.test(url.pathname) && !/\.\w+$/.test(url.pathname);
}

async function load(url) {
  try {
    const answer = await fetch(url, { headers: { accept: "text/html" } });
    if (!answer.headers.get("content-type")?.startsWith("text/html")) return null;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    return page.body.classList.contains("site") ? page : null;
  } catch {
    return null;
  }
}

function swap(page) {
  const main = document.importNode(page.getElementById("main"), true);
  document.getElementById("main").replaceWith(main);
  document.title = page.title;
  const [stale, current] = [document, page].map((one) => one.querySelector(".languages [name=return_to]"));
  if (stale && current) stale.value = current.value;
  const [old, fresh] = [document, page].map((one) => one.head.querySelector("link[data-theme]"));
  old?.remove();
  if (fresh) document.head.append(document.importNode(fresh));
  return main;
}

function settle(url, push) {
  const main = document.getElementById("main");
  const goal = url.hash && document.getElementById(decodeURIComponent(url.hash.slice(1)));
  main.focus({ preventScroll: true });
  if (goal) goal.scrollIntoView();
  else scrollTo(0, push ? 0 : (history.state?.scroll ?? 0));
  say(document.title);
}
