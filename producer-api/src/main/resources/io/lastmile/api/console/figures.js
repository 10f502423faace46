import { events } from "./api.js";

/** As many as the API itself remembers. */
const POINTS_MAX = 300;
const AGAIN_MS = 2000;

/** The figures of all nodes as they come, for whoever shows them; a limited key gets none. */
export const figures = { points: [], nodes: [], state: "connecting", problem: null };

const listeners = new Set();
let stream = null;

/** Calls it with each change, until the signal. */
export function onFigures(listener, signal) {
  listeners.add(listener);
  signal.addEventListener("abort", () => listeners.delete(listener));
  listener();
}

function changed(change) {
  Object.assign(figures, change);
  listeners.forEach((listener) => listener());
}

async function listen(signal) {
  while (!signal.aborted) {
    try {
      const points = [];
      for await (const event of events("v1/figures", signal)) {
        if (event.name === "figures") {
          points.push(JSON.parse(event.data));
          if (points.length > POINTS_MAX) points.shift();
        } else {
          // It stands behind the figures of its time: one change for both.
          changed({ points, nodes: JSON.parse(event.data).nodes, state: "live", problem: null });
        }
      }
    } catch (failure) {
      if (signal.aborted) return;
      const isLimited = failure.status === 403 || failure.status === 404;
      changed({ state: isLimited ? "limited" : "away", problem: failure.title ? failure : null });
      if (isLimited) return; // and will be so
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}

/** Nobody looks at a hidden page; the API need not gather for it. */
function followVisibility() {
  if (document.hidden) {
    stream?.abort();
    stream = null;
  } else if (stream === null) {
    stream = new AbortController();
    listen(stream.signal);
  }
}

export function start() {
  document.addEventListener("visibilitychange", followVisibility);
  followVisibility();
}
