import { call, json } from "./api.js";
import { h, notice, pill, table } from "./dom.js";
import { bytes, counted as countOf, number, span, time } from "./format.js";

const LOOK_MS = 300;
const LOOK_AT_ALL_MS = 3000;
const DAY_MS = 86_400_000;
const OUTCOMES = ["delivered", "expired", "replaced", "overflowed", "cancelled", "rejected"];

/** A form for messages of some time: first counted, then sent once more. */
export function replay(page, device, signal) {
  const field = (name, label, attributes = {}) =>
    h("label", null, h("span", null, label), h("input", { name, autocomplete: "off", spellcheck: "false", ...attributes }));
  const result = h("div", { class: "result", "aria-live": "polite" });
  const lately = h("div");
  const count = h("button", { value: "count" }, "Dry run");
  const go = h("button", { value: "go", disabled: true }, "Replay");
  let counted = null; // what was counted last, and the name that it would be sent under

  function changed() {
    counted = null;
    go.disabled = true;
  }

  async function submit(event) {
    event.preventDefault();
    const isDry = event.submitter !== go;
    const asked = selection(new FormData(event.target));
    asked.to ??= isDry ? new Date().toISOString() : counted.asked.to; // what was counted is what is sent
    if (isDry) counted = { asked, name: `console-${Date.now().toString(36)}` };
    const { name } = counted;
    count.disabled = go.disabled = true;
    try {
      const body = { ...asked, name: isDry ? `${name}-dry` : name, dryRun: isDry };
      if (isDry) delete body.rate;
      await call("v1/replays", { method: "POST", body: JSON.stringify(body), headers: { "Content-Type": "application/json" } });
      const ended = await follow(body.name, result, signal);
      if (counted?.name === name) go.disabled = ended.messages === 0 || (!isDry && ended.state === "done");
    } catch (problem) {
      if (!signal.aborted) result.replaceChildren(notice(problem));
      if (counted?.name === name && !isDry) go.disabled = false; // the same name completes it
    } finally {
      count.disabled = false;
    }
  }

  page.append(
    h("h1", null, "Send messages once more"),
    h("form", { class: "send replay", submit, input: changed },
      field("devices", "Of these devices", { value: device, placeholder: "phone-1, phone-2; all if empty" }),
      field("devicePrefix", "Of devices that begin with", { placeholder: "phone-" }),
      field("from", "Accepted from", { type: "datetime-local", step: 1, required: true, value: local(Date.now() - DAY_MS) }),
      field("to", "Accepted before (now if empty)", { type: "datetime-local", step: 1 }),
      h("label", null, h("span", null, "That ended as"),
        h("select", { name: "outcome" }, h("option", { value: "" }, "anything"), OUTCOMES.map((one) => h("option", null, one)))),
      field("toDevices", "To", { placeholder: "the same device, if empty" }),
      field("rate", "Messages a second", { type: "number", min: 0.1, step: "any", value: 100, required: true }),
      h("div", { class: "wide" }, count, " ", go)),
    result,
    lately);
  showAll(lately, signal);
}

function selection(form) {
  const list = (name) => form.get(name).split(/[\s,]+/).filter(Boolean);
  const at = (name) => form.get(name) && new Date(form.get(name)).toISOString();
  const asked = {
    devices: list("devices"), devicePrefix: form.get("devicePrefix").trim(), from: at("from"), to: at("to"),
    outcome: form.get("outcome"), toDevices: list("toDevices"), rate: Number(form.get("rate")),
  };
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== "" && value.length !== 0));
}

/** Shows one until it has ended, and gives what it ended as. */
async function follow(name, element, signal) {
  for (;;) {
    const now = await json(`v1/replays/${name}`, { signal });
    if (!signal.aborted) element.replaceChildren(...one(now));
    if (now.state !== "running" || signal.aborted) return now;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

function one(now) {
  const isRunning = now.state === "running";
  const stop = () => call(`v1/replays/${now.name}`, { method: "DELETE" });
  const known = [
    [now.dryRun ? "dry run" : "replay", h("span", { class: "id" }, now.name)],
    ["state", pill(now.state)],
    [now.dryRun ? "would send" : "sent", `${countOf(now.messages, "message")} of ${countOf(now.devices, "device")}, ${bytes(now.bytes)}`],
    ["accepted", now.firstAcceptedAt && `${time(now.firstAcceptedAt)} to ${time(now.lastAcceptedAt)}`],
    ["left out", now.skipped > 0 && `${number(now.skipped)} cancels, repetitions and what cannot be read`],
    ["why", now.failure],
  ].filter(([, value]) => value);
  return [
    h("progress", { max: 100, value: now.percentRead, "aria-label": "read" }),
    h("dl", { class: "facts" }, known.flatMap(([name, value]) => [h("dt", null, name), h("dd", null, value)])),
    isRunning ? h("p", null, h("button", { class: "stop", type: "button", click: stop }, "Stop")) : "",
  ];
}

async function showAll(element, signal) {
  while (!signal.aborted) {
    try {
      const { replays } = await json("v1/replays", { signal });
      const rows = replays.map((each) => [
        h("span", { class: "id" }, each.name), pill(each.dryRun ? "dry run" : each.state), each.by ?? "",
        time(each.startedAt), each.endedAt ? span(new Date(each.endedAt) - new Date(each.startedAt)) : "–", number(each.messages),
      ]);
      if (!signal.aborted) {
        element.replaceChildren(h("h2", null, "Replays of this node"),
          table(["replay", "state", "key", "began", "#took", "#messages"], rows, "None."));
      }
    } catch (problem) {
      if (!signal.aborted) element.replaceChildren(notice(problem));
      if (problem.status === 403) return; // a key that reaches some devices may not see those of others
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_AT_ALL_MS));
  }
}

/** As an input of date and time takes it: without a zone. */
function local(ms) {
  const at = new Date(ms);
  return new Date(ms - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}
