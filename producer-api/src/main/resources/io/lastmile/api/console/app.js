import { h, notice } from "./dom.js";
import { figures, onFigures, start } from "./figures.js";
import { broadcasts } from "./broadcasts.js";
import { overview } from "./overview.js";
import { nodes } from "./nodes.js";
import { device } from "./device.js";
import { message } from "./message.js";
import { replay } from "./replay.js";
import { send } from "./send.js";

const MESSAGE_ID = /^\d+-\d+$/;

/** Each is given its element, what stands behind its name in the address, and a signal for when it is left. */
const VIEWS = { "": overview, nodes, device, message, send, replay, broadcasts };

const view = document.getElementById("view");
let leaving = new AbortController();

function show() {
  leaving.abort();
  leaving = new AbortController();
  const [name = "", ...rest] = location.hash.replace(/^#\/?/, "").split("/");
  const argument = decodeURIComponent(rest.join("/"));
  const page = h("div", { class: `page ${name || "overview"}` });
  view.replaceChildren(page);
  for (const link of document.querySelectorAll("nav a")) {
    if (link.hash === `#/${name}`) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  document.title = argument ? `${argument} · Lastmile` : "Lastmile";
  const shown = VIEWS[name];
  if (shown) shown(page, argument, leaving.signal);
  else page.append(notice({ title: "Nothing here.", detail: "The console has no such page." }));
}

function find(submitted) {
  submitted.preventDefault();
  const field = submitted.target.elements.what;
  const what = field.value.trim();
  if (what) location.hash = MESSAGE_ID.test(what) ? `#/message/${what}` : `#/device/${encodeURIComponent(what)}`;
  field.value = "";
  field.blur();
}

function showState() {
  const live = document.getElementById("live");
  live.className = figures.state;
  live.textContent = { live: "live", connecting: "connecting", away: "away", limited: "" }[figures.state];
  document.body.classList.toggle("limited", figures.state === "limited");
}

window.addEventListener("hashchange", show);
document.getElementById("find").addEventListener("submit", find);
onFigures(showState, new AbortController().signal);
start();
show();
