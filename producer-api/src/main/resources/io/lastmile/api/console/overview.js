import { chart } from "./chart.js";
import { h, limited, notice } from "./dom.js";
import { figures, onFigures } from "./figures.js";
import { number, span } from "./format.js";

const STAGES = [
  ["accepted", "Kafka has it", "from the API's send to the confirmation of all replicas"],
  ["acknowledged", "Device answers", "from PUBLISH to PUBACK"],
  ["reported", "Edge reports", "from the edge's event to its confirmation"],
  ["committed", "Transaction", "from begin to committed; delivery does not wait for it"],
  ["delivered", "In all", "from the append to the router's reading that the device has it"],
];

const TILES = [
  ["connections", "connections", (point) => number(point.connections)],
  ["in", "messages in /s", (point) => number(point.readPerSecond)],
  ["delivered", "delivered /s", (point) => number(point.settledPerSecond.delivered)],
  ["p99", "delivery, p99", (point) => span(point.stages.delivered.p99Ms)],
  ["unsettled", "not settled", (point) => number(point.unsettled)],
  ["lag", "lag", (point) => number(point.lag)],
];

/** What the whole installation does now. */
export function overview(page, _, signal) {
  const trouble = h("div");
  const tiles = TILES.map(([name, label, write]) => ({ write, value: h("b", { id: `tile-${name}` }, "–"), label }));
  const charts = [
    [chart("Connections", [{ label: "open", colour: "blue", write: number, least: 4 }], signal), [(p) => p.connections]],
    [chart("Messages a second", [
      { label: "in", colour: "blue", write: number, least: 4 },
      { label: "delivered", colour: "green", write: number },
    ], signal), [(p) => p.readPerSecond, (p) => p.settledPerSecond.delivered]],
    [chart("Delivery", [
      { label: "p50", colour: "blue", write: span, least: 10 },
      { label: "p99", colour: "orange", write: span },
    ], signal), [(p) => p.stages.delivered.p50Ms ?? null, (p) => p.stages.delivered.p99Ms ?? null]],
    [chart("Backlog", [
      { label: "not settled", colour: "blue", write: number, least: 4 },
      { label: "lag", colour: "orange", write: number },
    ], signal), [(p) => p.unsettled, (p) => p.lag]],
  ];
  const stages = h("div", { class: "stages" });
  const outcomes = h("dl", { class: "outcomes" });
  const all = h("div", null,
    h("section", { class: "tiles" }, tiles.map((tile) => h("div", null, tile.value, h("span", null, tile.label)))),
    h("section", { class: "charts" }, charts.map(([drawn]) => drawn.element)),
    h("section", { class: "halves" },
      h("div", null, h("h2", null, "Where the time goes"), stages),
      h("div", null, h("h2", null, "Outcomes a second"), outcomes)));
  const title = h("h1", { class: "unseen" }, "Overview");
  page.append(title, trouble, all);

  onFigures(() => {
    if (figures.state === "limited") {
      page.replaceChildren(...limited(figures.problem));
      return;
    }
    trouble.replaceChildren(...(figures.problem ? [notice(figures.problem)] : []));
    const latest = figures.points.at(-1);
    if (!latest) return;
    const timesMs = figures.points.map((point) => point.atMs);
    charts.forEach(([drawn, columns]) => drawn.update(timesMs, columns.map((column) => figures.points.map(column))));
    tiles.forEach((tile) => { tile.value.textContent = tile.write(latest); });
    stages.replaceChildren(...stageRows(latest));
    outcomes.replaceChildren(...Object.entries(latest.settledPerSecond).flatMap(([outcome, rate]) =>
      [h("dt", null, outcome), h("dd", null, number(rate))]));
  }, signal);
}

/** A bar each, up to p50 and on to p99, all on one scale. */
function stageRows(point) {
  const heads = h("div", { class: "stage heads" }, h("span"), h("span"), h("span", { class: "quantile" }, "p50"), h("span", { class: "quantile" }, "p99"));
  const longest = Math.max(1, ...STAGES.map(([name]) => point.stages[name].p99Ms ?? 0));
  return [heads, ...STAGES.map(([name, title, about]) => {
    const { p50Ms, p99Ms } = point.stages[name];
    const half = h("i", { class: "half" });
    const most = h("i", { class: "most" });
    half.style.width = `${(100 * (p50Ms ?? 0)) / longest}%`;
    most.style.width = `${(100 * (p99Ms ?? 0)) / longest}%`;
    return h("div", { class: "stage", title: about },
      h("span", { class: "name" }, title),
      h("span", { class: "scale" }, p99Ms === undefined ? null : [most, half]),
      h("span", { class: "quantile" }, span(p50Ms)),
      h("span", { class: "quantile" }, span(p99Ms)));
  })];
}
