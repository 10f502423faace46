import { call, events, json } from "./api.js";
import { deviceLink, h, notice, pill, table } from "./dom.js";
import { counted, number, span, time } from "./format.js";

const LOOK_MS = 3000;
const AGAIN_MS = 2000;
const NAME = /[A-Za-z0-9._:~@-]+/g;
const HEADERS = { contentType: "Content-Type", ttl: "TTL", spread: "Spread", receipts: "Receipts", collapseKey: "Topic", keep: "Keep" };
const OUTCOMES = ["delivered", "expired", "replaced", "overflowed", "cancelled", "rejected"];

/** The latest broadcasts and a form for one; or one of them, as it goes on. */
export function broadcasts(page, id, signal) {
  if (id) one(page, id, signal);
  else all(page, signal);
}

function all(page, signal) {
  const latest = h("div");
  page.append(h("h1", null, "Broadcasts"), form(), latest);
  showLatest(latest, signal);
}

/** First it says how many members there are, then it sends. */
function form() {
  const field = (name, label, attributes = {}) =>
    h("label", null, h("span", null, label), h("input", { name, autocomplete: "off", spellcheck: "false", ...attributes }));
  const result = h("div", { class: "result", "aria-live": "polite" });
  const count = h("button", { value: "count" }, "Count members");
  const go = h("button", { value: "go", disabled: true }, "Send");
  const payload = h("label", { class: "wide" }, h("span", null, "Payload"), h("textarea", { name: "payload", rows: 3 }, "hello"));

  async function submit(event) {
    event.preventDefault();
    const values = Object.fromEntries(new FormData(event.target));
    const audience = values.audience.trim();
    const isCount = event.submitter !== go;
    count.disabled = go.disabled = true;
    try {
      if (isCount) {
        result.replaceChildren(...await members(audience));
        go.disabled = false;
      } else {
        const accepted = await post(audience, values);
        location.hash = `#/broadcasts/${accepted.id}`;
      }
    } catch (problem) {
      result.replaceChildren(notice(problem));
      go.disabled = isCount;
    } finally {
      count.disabled = false;
    }
  }

  function changed(event) {
    if (event.target.name === "audience") go.disabled = true; // nobody sends to whom he has not counted
  }

  return h("div", null,
    h("form", { class: "send", submit, input: changed },
      h("div", { class: "wide" }, field("audience", "Channel, or condition such as berlin & (android | ios) & !beta", { required: true, maxlength: 1200, placeholder: "news" })),
      payload,
      h("details", { class: "wide" }, h("summary", null, "More"),
        h("div", { class: "more" },
          field("contentType", "Content type", { placeholder: "text/plain; charset=utf-8" }),
          field("ttl", "Time to live, seconds", { inputmode: "numeric", pattern: "\\d{1,7}", placeholder: "259200" }),
          field("spread", "Spread over seconds", { inputmode: "numeric", pattern: "\\d{1,6}", placeholder: "0" }),
          field("collapseKey", "Collapse key", { maxlength: 128 }),
          select("receipts", "Receipts", [["", "as the owners find right"], ["each", "each"], ["summary", "summary"]]),
          select("keep", "Who joins later", [["", "does not get it"], ["true", "gets it too"]]))),
      h("div", { class: "wide" }, count, " ", go)),
    result);
}

function select(name, label, options) {
  return h("label", null, h("span", null, label), h("select", { name }, options.map(([value, text]) => h("option", { value }, text))));
}

async function members(audience) {
  const names = [...new Set(audience.match(NAME) ?? [])];
  const channels = await Promise.all(names.map((name) => json(`v1/channels/${encodeURIComponent(name)}`)));
  if (channels.length === 1) return [h("p", null, `${counted(channels[0].members, "member")} now.`)];
  return [
    table(["channel", "#members"], channels.map(({ name, members }) => [h("span", { class: "id" }, name), number(members)]), "No channel is named."),
    h("p", { class: "about" }, "How many the condition applies to shows once it is sent; it can be stopped."),
  ];
}

async function post(audience, values) {
  const isChannel = audience.match(NAME)?.[0] === audience;
  const headers = Object.fromEntries(Object.entries(HEADERS)
    .filter(([name]) => values[name])
    .map(([name, header]) => [header, values[name]]));
  if (!isChannel) headers.Condition = audience;
  const path = isChannel ? `v1/channels/${encodeURIComponent(audience)}/messages` : "v1/broadcasts";
  const options = { method: "POST", body: values.payload, headers: { "Content-Type": "text/plain; charset=utf-8", ...headers } };
  return (await call(path, options)).json();
}

async function showLatest(element, signal) {
  while (!signal.aborted) {
    try {
      const { broadcasts } = await json("v1/broadcasts", { signal });
      const rows = broadcasts.map((each) => [
        h("a", { class: "id", href: `#/broadcasts/${each.id}` }, each.id), h("span", { class: "id" }, each.audience), state(each),
        time(each.acceptedAt), number(each.membersAtMark), number(each.byOutcome.delivered ?? 0), number(each.waiting + each.inFlight),
      ]);
      if (!signal.aborted) {
        element.replaceChildren(h("h2", null, "Latest"),
          table(["broadcast", "to", "state", "accepted", "#members", "#delivered", "#open"], rows, "None that has members."));
      }
    } catch (problem) {
      if (!signal.aborted) element.replaceChildren(notice(problem));
    }
    await pause(LOOK_MS);
  }
}

function state(counts) {
  if (counts.ending) return pill(counts.ending);
  return pill(counts.waiting + counts.inFlight > 0 || counts.complete === false ? "running" : "done");
}

async function one(page, id, signal) {
  const now = h("div", { "aria-live": "polite" });
  const listed = h("div");
  const of = h("select", { "aria-label": "Which devices", change: () => list(listed, id, of.value, signal) },
    h("option", { value: "" }, "none"), ["waiting", "in-flight", ...OUTCOMES].map((each) => h("option", null, each)));
  page.append(h("h1", null, "Broadcast ", h("span", { class: "id" }, id)), now, h("label", { class: "back" }, "Devices: ", of), listed);
  let isComplete = false;
  while (!signal.aborted && !isComplete) {
    try {
      for await (const event of events(`v1/broadcasts/${id}/events`, signal)) {
        const counts = JSON.parse(event.data);
        now.replaceChildren(...progress(counts));
        isComplete = counts.complete;
      }
    } catch (problem) {
      if (signal.aborted) return;
      now.replaceChildren(notice(problem));
      if (problem.status === 404 || problem.status === 400 || problem.status === 403) return;
    }
    if (!isComplete) await pause(AGAIN_MS);
  }
}

function progress(counts) {
  const open = counts.waiting + counts.inFlight;
  const stop = async (event) => {
    event.target.disabled = true;
    try {
      await call(`v1/broadcasts/${counts.id}`, { method: "DELETE" });
    } catch (problem) {
      event.target.after(notice(problem));
      event.target.disabled = false;
    }
  };
  const known = [
    ["to", h("span", { class: "id" }, counts.audience)],
    ["state", state(counts)],
    ["accepted", time(counts.acceptedAt)],
    ["expires", counts.expiresAt && time(counts.expiresAt)],
    ["members", number(counts.membersAtMark)],
    ...OUTCOMES.filter((each) => counts.byOutcome[each]).map((each) => [each, number(counts.byOutcome[each])]),
    ["waiting", counts.waiting > 0 && number(counts.waiting)],
    ["in flight", counts.inFlight > 0 && number(counts.inFlight)],
    ["not yet read", counts.unreadPartitions > 0 && counted(counts.unreadPartitions, "partition")],
    ["took", counts.settledAt && span(new Date(counts.settledAt) - new Date(counts.acceptedAt))],
  ].filter(([, value]) => value);
  return [
    h("progress", { max: Math.max(1, counts.membersAtMark), value: counts.complete ? Math.max(1, counts.membersAtMark) : counts.membersAtMark - open, "aria-label": "settled" }),
    h("dl", { class: "facts" }, known.flatMap(([name, value]) => [h("dt", null, name), h("dd", null, value)])),
    counts.complete ? "" : h("p", { class: "back" }, h("button", { class: "stop", type: "button", click: stop }, "Stop")),
  ];
}

async function list(element, id, outcome, signal) {
  if (!outcome) {
    element.replaceChildren();
    return;
  }
  try {
    const { devices, next } = await json(`v1/broadcasts/${id}/devices?outcome=${outcome}`, { signal });
    element.replaceChildren(
      table(["device"], devices.map(({ device, partition, number: of }) => [device ? deviceLink(device) : `number ${of} of partition ${partition}`]), "None."),
      next ? h("p", { class: "about" }, "And more: lastmile broadcasts devices lists all.") : "");
  } catch (problem) {
    if (!signal.aborted) element.replaceChildren(notice(problem));
  }
}

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
