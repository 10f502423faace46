import { h } from "./dom.js";
import { life } from "./life.js";

/** One message: what became of it, step by step. */
export function message(page, id, signal) {
  const steps = h("div", { class: "steps" });
  page.append(h("h1", null, "Message ", h("span", { class: "id" }, id)), steps);
  life(steps, id, signal);
}
