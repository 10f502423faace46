import { deviceLink, h } from "./dom.js";
import { life } from "./life.js";

/** One message: what became of it, step by step. */
export function message(page, id, signal) {
  const steps = h("div", { class: "steps" });
  const device = h("p", { class: "about" }, "A device may be called so too: ", deviceLink(id));
  page.append(h("h1", null, "Message ", h("span", { class: "id" }, id)), steps, device);
  life(steps, id, signal);
}
