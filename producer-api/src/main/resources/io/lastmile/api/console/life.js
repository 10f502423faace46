import { json, jsonOrNull } from "./api.js";
import { h, notice, pill, s, deviceLink } from "./dom.js";
import { bytes, span, time } from "./format.js";

const LANES = ["Kafka", "router", "edge", "device"];
const [KAFKA, ROUTER, EDGE, DEVICE] = LANES.keys();

/** Where each step happens: from a lane to a lane. */
const PLACES = {
  "accepted": [KAFKA, KAFKA],
  "appended again": [ROUTER, KAFKA],
  "cancel asked": [KAFKA, KAFKA],
  "routed": [KAFKA, ROUTER],
  "parked": [ROUTER, KAFKA],
  "opened": [DEVICE, EDGE],
  "ended": [EDGE, EDGE],
  "gone": [EDGE, EDGE],
  "locked out": [KAFKA, EDGE],
  "sent": [EDGE, DEVICE],
  "acknowledged": [DEVICE, EDGE],
  "refused": [DEVICE, EDGE],
  "not sent": [EDGE, EDGE],
};
const SETTLED = [ROUTER, KAFKA];
const OUTCOMES = new Set(["delivered", "expired", "replaced", "overflowed", "cancelled", "rejected"]);

const FIRST_POLL_MS = 120;
const POLL_MS_MAX = 2000;

/**
 * Shows the life of a message in the element, and goes on until it is settled or left. What the
 * topics tell takes some reading; the owner's own word does not, so that is what is watched.
 */
export async function life(element, id, signal) {
  let known = null;
  let shown = false;
  while (!signal.aborted) {
    try {
      const trace = await json(`v1/messages/${id}/trace`, { signal });
      element.replaceChildren(...lifeOf(trace, known));
      drawLanes(element, signal);
      shown = true;
      if (trace.outcome) return;
      known = await changed(id, known, signal);
    } catch (problem) {
      if (signal.aborted) return;
      if (!shown) element.replaceChildren(notice(problem));
      if (problem.status >= 400 && problem.status < 500) return;
      await pause(POLL_MS_MAX);
    }
  }
}

/** Waits for the owner to say something else than before; for its receipt, where it says that it is settled. */
async function changed(id, before, signal) {
  for (let ms = FIRST_POLL_MS; ; ms = Math.min(POLL_MS_MAX, ms * 1.3)) {
    await pause(ms);
    const now = await jsonOrNull(`v1/messages/${id}`, { signal });
    if (now?.state === "settled" || now?.state !== before?.state || now?.sends !== before?.sends) return now;
  }
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

function lifeOf(trace, known) {
  const state = trace.outcome ?? known?.state ?? "unsettled";
  return [
    h("div", { class: "summary" },
      pill(state), h("span", null, "to ", deviceLink(trace.device)), h("p", { class: "verdict" }, trace.verdict)),
    shares(trace.steps),
    h("div", { class: "life" },
      h("div", { class: "lanes" }, LANES.map((lane) => h("span", null, lane))),
      h("ol", null, spans(trace.steps).map((ms, i) => row(trace.steps[i], ms, trace.id)))),
    payload(trace),
  ];
}

/** How long after the latest of those before it each came: brokers, owners and edges have clocks of their own. */
function spans(steps) {
  let latest = null;
  return steps.map((step) => {
    const at = Math.max(latest ?? 0, new Date(step.at));
    const since = latest === null ? null : at - latest;
    latest = at;
    return since;
  });
}

function row(step, since, id) {
  const own = step.message === id;
  return h("li", { class: `${own ? "own" : "around"} ${OUTCOMES.has(step.step) ? "end" : ""}`, "data-step": step.step },
    h("span", { class: "picture" }),
    h("span", { class: "what" }, h("b", null, step.step), h("span", { class: "detail" }, step.detail ?? ""),
      step.session ? h("span", { class: "session id" }, step.session) : null),
    h("span", { class: "when" }, h("time", { datetime: step.at }, time(step.at)),
      h("span", { class: "since" }, since === null ? "" : `+${span(since)}`)));
}

/** The way as one bar: how much of the time went where. */
function shares(steps) {
  const own = steps.filter((step) => step.message);
  const ways = spans(own).map((ms, i) => ({ ms, to: own[i].step })).slice(1);
  const all = ways.reduce((sum, way) => sum + way.ms, 0);
  if (all === 0) return h("div");
  return h("div", { class: "shares", role: "img", "aria-label": `${span(all)} from the first step to the last` },
    ways.map((way, i) => {
      const part = h("span", { class: `part part${i % 5}`, title: `${span(way.ms)} until ${way.to}` },
        way.ms / all > 0.12 ? `${way.to} ${span(way.ms)}` : "");
      part.style.flexGrow = String(Math.max(way.ms, all / 200));
      return part;
    }));
}

/** Draws the steps into their rows' pictures, as dots and arrows between lanes. */
function drawLanes(element, signal) {
  const list = element.querySelector(".life ol");
  const draw = () => {
    for (const item of list.children) {
      const picture = item.querySelector(".picture");
      const width = picture.clientWidth;
      const height = item.clientHeight;
      const x = (lane) => ((lane + 0.5) * width) / LANES.length;
      const [from, to] = PLACES[item.dataset.step] ?? SETTLED;
      const middle = Math.min(24, height / 2);
      picture.replaceChildren(s("svg", { width, height, viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" },
        LANES.map((_, lane) => s("line", { class: "lane", x1: x(lane), x2: x(lane), y1: 0, y2: height })),
        from === to ? null : s("path", { class: "way", d: arrow(x(from), x(to), middle) }),
        from === to ? null : s("circle", { class: "from", cx: x(from), cy: middle, r: 2.5 }),
        s("circle", { class: "at", cx: x(to), cy: middle, r: 5 })));
    }
  };
  const resizing = new ResizeObserver(draw);
  resizing.observe(list);
  signal.addEventListener("abort", () => resizing.disconnect());
  draw();
}

function arrow(from, to, y) {
  const towards = Math.sign(to - from);
  const tip = to - towards * 7;
  return `M${from} ${y}H${tip}M${tip - towards * 4} ${y - 3.5}L${tip} ${y}L${tip - towards * 4} ${y + 3.5}`;
}

function payload(trace) {
  if (trace.payloadBytes === undefined) return h("p", { class: "empty" }, "Retention has taken the payload.");
  const attributes = Object.entries(trace.attributes ?? {});
  const shown = trace.payload ?? trace.payloadBase64;
  return h("section", null,
    h("h2", null, "Payload"),
    h("p", { class: "about" }, `${bytes(trace.payloadBytes)}${trace.contentType ? ` of ${trace.contentType}` : ""}${trace.payloadBase64 ? ", in base 64" : ""}`),
    shown === undefined
      ? h("p", { class: "empty" }, "Not shown here.")
      : h("pre", { class: "payload" }, shown),
    attributes.length > 0
      ? h("dl", { class: "facts" }, attributes.flatMap(([name, value]) => [h("dt", null, name), h("dd", null, value)]))
      : null);
}
