import { json } from "./api.js";
import { h, messageLink, notice, pill, table } from "./dom.js";
import { ago, counted, number, span, time } from "./format.js";

const REFRESH_MS = 3000;
const OUTCOMES = new Set(["delivered", "expired", "replaced", "overflowed", "cancelled", "rejected"]);

const HOUR_MS = 3_600_000;
const BACK = { hour: HOUR_MS, day: 24 * HOUR_MS, week: 168 * HOUR_MS };

/** One device: whether it is there, what waits for it, and what it got in the last hour, day or week. */
export async function device(page, id, signal) {
  const path = `v1/devices/${encodeURIComponent(id)}`;
  const now = h("div");
  const lately = h("div");
  const back = h("select", { name: "back", "aria-label": "How far back", change: () => show() },
    Object.keys(BACK).map((one) => h("option", null, one)));
  const show = () => shown(lately, signal, async () => {
    const word = back.value;
    const from = word === "hour" ? "" : `?from=${new Date(Date.now() - BACK[word]).toISOString()}`;
    const { steps } = await json(`${path}/trace${from}`, { signal });
    if (word !== back.value) return [...lately.children]; // something else was asked for meanwhile
    return [
      h("h2", null, `Messages of the last ${word}`), recent(steps),
      h("h2", null, `Sessions of the last ${word}`), sessions(steps),
    ];
  });
  page.append(
    h("h1", null, "Device ", h("span", { class: "id" }, id), " ",
      h("a", { class: "button", href: `#/send/${encodeURIComponent(id)}` }, "Send it a message"), " ",
      h("a", { class: "button", href: `#/replay/${encodeURIComponent(id)}` }, "Replay")),
    now, h("label", { class: "back" }, "The last ", back), lately);
  while (!signal.aborted) {
    await Promise.all([
      shown(now, signal, async () => {
        const [state, inbox] = await Promise.all([json(path, { signal }), json(`${path}/messages`, { signal })]);
        return [facts(state), h("h2", null, "Waits for it"), waiting(inbox.messages)];
      }),
      back.value === "hour" && show(), // a day or a week is much to read: only when asked for
    ]);
    await new Promise((resolve) => setTimeout(resolve, REFRESH_MS));
  }
}

async function shown(element, signal, make) {
  try {
    const children = await make();
    if (!signal.aborted) element.replaceChildren(...children);
  } catch (problem) {
    if (!signal.aborted) element.replaceChildren(notice(problem));
  }
}

function facts(state) {
  const known = [
    ["state", pill(state.online ? "online" : state.revocation ? "locked out" : "offline")],
    ["locked out", state.revocation && lockedOut(state.revocation)],
    ["edge", state.edge],
    ["since", state.since && `${time(state.since)} (${ago(state.since)})`],
    ["over", state.transport],
    ["session", state.session && h("span", { class: "id" }, state.session)],
    ["channels", state.channels?.map((one) => one.name).join(", ")],
    ["inbox", counted(state.inboxMessages, "message")],
    ["last delivered", state.lastDelivered && h("span", null, messageLink(state.lastDelivered.id), `, ${ago(state.lastDelivered.settledAt)} ago`)],
  ].filter(([, value]) => value);
  return h("dl", { class: "facts" }, known.flatMap(([name, value]) => [h("dt", null, name), h("dd", null, value)]));
}

function lockedOut({ at, by, reason }) {
  return [`since ${time(at)} (${ago(at)} ago)`, by && `by ${by}`, reason].filter(Boolean).join(", ");
}

function waiting(messages) {
  return table(["message", "state", "accepted", "expires", "#sends"],
    messages.map((one) => [messageLink(one.id), pill(one.state), time(one.acceptedAt), one.expiresAt && time(one.expiresAt), number(one.sends)]),
    "Nothing.");
}

/** A row a message, newest first, from the steps of all. */
function recent(steps) {
  const messages = new Map();
  for (const step of steps.filter((step) => step.message)) {
    const one = messages.get(step.message) ?? { id: step.message, first: step, lastMs: 0 };
    one.lastMs = Math.max(one.lastMs, new Date(step.at)); // the owner's clock, which ends it, may be behind
    if (step.step === "accepted") one.accepted = step;
    if (OUTCOMES.has(step.step)) one.end = step;
    messages.set(step.message, one);
  }
  const rows = [...messages.values()].toReversed().slice(0, 100);
  return table(["message", "outcome", "accepted", "#took", "what"],
    rows.map((one) => [
      messageLink(one.id),
      one.end ? pill(one.end.step) : pill("unsettled"),
      time((one.accepted ?? one.first).at),
      one.accepted && one.end ? span(one.lastMs - new Date(one.accepted.at)) : "–",
      one.accepted?.detail ?? "",
    ]),
    "None.");
}

function sessions(steps) {
  const ones = new Map();
  for (const step of steps.filter((step) => !step.message && step.session)) {
    const one = ones.get(step.session) ?? { id: step.session };
    if (step.step === "opened") one.opened = step;
    else one.ended = step;
    ones.set(step.session, one);
  }
  return table(["session", "opened", "ended", "how"],
    [...ones.values()].toReversed().map((one) => [
      h("span", { class: "id" }, one.id),
      one.opened ? time(one.opened.at) : "earlier",
      one.ended ? time(one.ended.at) : "open",
      [one.opened?.detail, one.ended?.detail].filter(Boolean).join("; "),
    ]),
    "None.");
}
