// Words that scripts show: kept in the page (`#words`), so that they are translated where all others are.
const shelf = document.getElementById("words");

/** The word named `key`, with `{0}`, `{1}` … filled in. */
export function word(key, ...values) {
  const text = shelf?.dataset[key] ?? "";
  return values.reduce((done, value, at) => done.replace(`{${at}}`, value), text);
}

/** A number as the page's language writes it, with `digits` decimal places where they are given. */
export function number(value, digits) {
  const places = digits === undefined ? {} : { minimumFractionDigits: digits, maximumFractionDigits: digits };
  return value.toLocaleString(document.documentElement.lang, places);
}

/** `1:02:33` or `2:33`. */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds || 0));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const two = (n) => String(n).padStart(2, "0");
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** `1 h 2 min` or `12 min`. */
export function length(seconds) {
  const minutes = Math.max(1, Math.round(seconds / 60));
  const [h, m] = [Math.floor(minutes / 60), minutes % 60];
  if (h === 0) return word("minutes", m);
  return m === 0 ? word("hours", h) : word("hoursMinutes", h, m);
}

/** Tells screen readers; `visible` also shows it for a moment. */
export function say(text, visible = false) {
  const live = document.getElementById("announce");
  if (live) live.textContent = text;
  if (!visible) return;
  let toasts = document.querySelector(".toasts");
  if (!toasts) {
    toasts = document.createElement("div");
    toasts.className = "toasts";
    document.body.append(toasts);
  }
  const toast = document.createElement("div");
  toast.className = "toast";
  toast.textContent = text;
  toasts.replaceChildren(toast);
  setTimeout(() => toast.remove(), 3500);
}
