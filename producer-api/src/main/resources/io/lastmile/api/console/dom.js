/** An element; attributes that are functions listen, `class` and text are as in HTML. */
export function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  fill(element, attributes ?? {}, children);
  return element;
}

const SVG = "http://www.w3.org/2000/svg";

/** The same of SVG. */
export function s(tag, attributes, ...children) {
  const element = document.createElementNS(SVG, tag);
  fill(element, attributes ?? {}, children);
  return element;
}

function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(name, value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== undefined && value !== null && value !== false) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== undefined && child !== null && child !== false));
}

/** A table; a cell is text or an element. Narrow screens show each row as a card with the heads as labels. */
export function table(heads, rows, empty) {
  if (rows.length === 0) return h("p", { class: "empty" }, empty);
  return h("table", null,
    h("thead", null, h("tr", null, heads.map((head) => h("th", { class: numeric(head), scope: "col" }, name(head))))),
    h("tbody", null, rows.map((cells) => h("tr", null,
      cells.map((cell, i) => h("td", { class: numeric(heads[i]), "data-head": name(heads[i]) }, cell ?? ""))))));
}

/** A head that begins with # is of a column of numbers. */
const numeric = (head) => (head.startsWith("#") ? "number" : null);
const name = (head) => head.replace(/^#/, "");

export function pill(word) {
  return h("span", { class: `pill ${word.replace(" ", "-")}` }, word);
}

export function notice(problem) {
  return h("p", { class: "notice", role: "alert" }, h("strong", null, problem.title), " ", problem.detail);
}

/** What there is for a key that does not reach all devices, or may not read. */
export function limited(problem) {
  const isOfSome = problem?.type.endsWith("/device-not-allowed") || problem?.status === 404;
  return [
    h("h1", null, "Find a device or a message"),
    isOfSome
      ? h("p", null, "This key is for some devices, so that the overview of all is not shown. Type one of its devices, or the id of a message to one, into the field above; or ",
        h("a", { href: "#/send" }, "send a message"), ".")
      : notice(problem),
  ];
}

export function deviceLink(device) {
  return h("a", { class: "id", href: `#/device/${encodeURIComponent(device)}` }, device);
}

export function messageLink(id) {
  return h("a", { class: "id", href: `#/message/${id}` }, id);
}
