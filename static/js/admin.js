// The studio: progress as it happens, sending files, previews, guarding what is not saved yet.
import { artwork } from "./artwork.js";
import { followJobs } from "./jobs.js";
import { enhance } from "./page.js";
import { trimmer } from "./trim.js";
import { uploader } from "./uploads.js";
import { word } from "./words.js";

function arrive(root) {
  enhance(root);
  for (const form of root.querySelectorAll("form[data-guard]")) guard(form);
  for (const form of root.querySelectorAll("form[data-artwork]")) artwork(form);
  for (const place of root.querySelectorAll("[data-uploader]")) uploader(place);
  for (const place of root.querySelectorAll("[data-trim]")) trimmer(place);
  for (const field of root.querySelectorAll("input[data-utc]")) localTime(field);
  for (const choice of root.querySelectorAll("select[data-submits]")) submits(choice);
}

/** Warns before unsaved changes are left behind. */
function guard(form) {
  let dirty = form.querySelector("[data-focus]") !== null;
  const note = form.querySelector("[data-unsaved]");
  form.addEventListener("input", () => {
    dirty = true;
    if (note) note.hidden = false;
  });
  form.addEventListener("submit", () => (dirty = false));
  addEventListener("beforeunload", (event) => {
    if (dirty) event.preventDefault();
  });
}

/** Shows a time in the reader's zone and sends it in UTC. */
function localTime(field) {
  const sent = document.createElement("input");
  sent.type = "hidden";
  sent.name = field.name;
  field.removeAttribute("name");
  field.after(sent);
  const two = (n) => String(n).padStart(2, "0");
  if (field.value) {
    const at = new Date(`${field.value}Z`);
    const day = `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
    field.value = `${day}T${two(at.getHours())}:${two(at.getMinutes())}`;
  }
  const zone = field.closest(".field").querySelector("[data-zone]");
  zone.textContent = `(${Intl.DateTimeFormat().resolvedOptions().timeZone})`;
  const note = () => (sent.value = field.value ? new Date(field.value).toISOString().slice(0, 16) : "");
  field.addEventListener("input", note);
  note();
}

/** A select that acts at once; its button serves pages without script. */
function submits(choice) {
  choice.form.querySelector("button").hidden = true;
  choice.addEventListener("change", () => choice.form.requestSubmit());
}

/** Fetches this page again and puts its live parts in place, leaving the rest (and what is typed) alone. */
async function refresh() {
  const answer = await fetch(location.href, { headers: { accept: "text/html" } });
  if (!answer.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const old of document.querySelectorAll("[data-live]")) {
    const busy = old.querySelector(".transfer, dialog[open]") || old.contains(document.activeElement);
    const fresh = page.getElementById(old.id);
    if (busy || !fresh) continue;
    const part = document.importNode(fresh, true);
    old.replaceWith(part);
    arrive(part);
  }
}

arrive(document);
document.addEventListener("htmx:after:swap", () => enhance(document));
if (document.body.classList.contains("admin")) followJobs(refresh, word);
