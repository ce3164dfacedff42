// The content policy forbids style elements, in shadow trees too, but allows sheets made by script. Components written
// for the former are served here: their style text becomes a constructed sheet, reachable where they look for it.
const INNER = Object.getOwnPropertyDescriptor(ShadowRoot.prototype, "innerHTML");

function fill(root, html) {
  const inert = document.createElement("template");
  inert.innerHTML = html;
  const sheets = [];
  for (const style of inert.content.querySelectorAll("style")) {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style.textContent);
    sheets.push(sheet);
    // Of no namespace, so that selectors find it as `style` and the browser does not take it for an inline sheet.
    const stand = document.createElementNS(null, "style");
    Object.defineProperty(stand, "sheet", { value: sheet });
    style.replaceWith(stand);
  }
  for (const nested of inert.content.querySelectorAll("template[shadowrootmode]")) nested.remove();
  root.replaceChildren(document.adoptNode(inert.content));
  root.adoptedStyleSheets = [...root.adoptedStyleSheets, ...sheets];
}

Object.defineProperty(ShadowRoot.prototype, "innerHTML", {
  configurable: true,
  get: INNER.get,
  set(html) {
    fill(this, html);
  },
});
if ("setHTMLUnsafe" in ShadowRoot.prototype) {
  ShadowRoot.prototype.setHTMLUnsafe = function setHTMLUnsafe(html) {
    fill(this, html);
  };
}
