import { call } from "./api.js";
import { h, messageLink, notice } from "./dom.js";
import { life } from "./life.js";

const HEADERS = { contentType: "Content-Type", ttl: "TTL", urgency: "Urgency", collapseKey: "Topic", idempotencyKey: "Idempotency-Key" };

/** A form for one message; what becomes of it is shown below as it happens. */
export function send(page, device, signal) {
  const field = (name, label, attributes = {}) =>
    h("label", null, h("span", null, label), h("input", { name, autocomplete: "off", spellcheck: "false", ...attributes }));
  const to = field("device", "Device", { value: device, required: true, maxlength: 128, placeholder: "phone-1" });
  const payload = h("label", { class: "wide" }, h("span", null, "Payload"), h("textarea", { name: "payload", rows: 4 }, "hello"));
  const urgency = h("label", null, h("span", null, "Urgency"),
    h("select", { name: "urgency" }, ["", "very-low", "low", "normal", "high"].map((one) => h("option", { value: one }, one || "normal, unless said"))));
  const result = h("div", { class: "result" });
  const button = h("button", null, "Send");
  let shown = null;

  async function submit(event) {
    event.preventDefault();
    const values = Object.fromEntries(new FormData(event.target));
    shown?.abort();
    shown = new AbortController();
    signal.addEventListener("abort", () => shown.abort());
    button.disabled = true;
    try {
      const headers = Object.fromEntries(Object.entries(HEADERS)
        .filter(([name]) => values[name])
        .map(([name, header]) => [header, values[name]]));
      const answer = await call(`v1/devices/${encodeURIComponent(values.device.trim())}/messages`,
        { method: "POST", body: values.payload, headers: { "Content-Type": "text/plain; charset=utf-8", ...headers } });
      const accepted = await answer.json();
      const steps = h("div", { class: "steps" });
      result.replaceChildren(h("h2", null, "Message ", messageLink(accepted.id)), steps);
      life(steps, accepted.id, shown.signal);
    } catch (problem) {
      result.replaceChildren(notice(problem));
    } finally {
      button.disabled = false;
    }
  }

  page.append(
    h("h1", null, "Send a message"),
    h("form", { class: "send", submit },
      to, payload,
      h("details", { class: "wide" }, h("summary", null, "More"),
        h("div", { class: "more" },
          field("contentType", "Content type", { placeholder: "text/plain; charset=utf-8" }),
          field("ttl", "Time to live, seconds", { inputmode: "numeric", pattern: "\\d{1,7}", placeholder: "259200" }),
          urgency,
          field("collapseKey", "Collapse key", { maxlength: 128 }),
          field("idempotencyKey", "Idempotency key", { maxlength: 128 }))),
      h("div", { class: "wide" }, button)),
    result);
}
