import { h, limited, notice, pill, table } from "./dom.js";
import { figures, onFigures } from "./figures.js";
import { ago, bytes, number, time } from "./format.js";

const OVER = new Set(["gone", "left", "silent"]);

const ROLES = [
  ["edge", "Edges", [
    ["#connections", (node) => number(node.connections)],
    ["#published /s", (node) => number(node.publishedPerSecond)],
    ["#events pending", (node) => number(node.pendingEvents)],
  ]],
  ["router", "Routers", [
    ["#partitions", (node) => number(node.partitions)],
    ["#sent /s", (node) => number(node.sentPerSecond)],
    ["#not settled", (node) => number(node.unsettled)],
    ["#lag", (node) => number(node.lag)],
  ]],
  ["api", "APIs", [
    ["#accepted /s", (node) => number(node.acceptedPerSecond)],
    ["#in flight", (node) => bytes(node.inFlightBytes)],
  ]],
];

/** Every node that was heard of lately, and how it stands. */
export function nodes(page, _, signal) {
  onFigures(() => {
    if (figures.state === "limited") {
      page.replaceChildren(...limited(figures.problem));
      return;
    }
    const title = h("h1", { class: "unseen" }, "Nodes");
    const trouble = figures.problem ? [notice(figures.problem)] : [];
    page.replaceChildren(title, ...trouble, ...ROLES.map(([role, title, columns]) => h("section", null,
      h("h2", null, title),
      table(
        ["node", "state", ...columns.map(([head]) => head), "#up for", "last heartbeat"],
        inOrder(figures.nodes.filter((node) => node.role === role)).map((node) => row(node, columns)),
        "None was heard of in the last ten minutes."))));
  }, signal);
}

/** Those that are over stand last. */
function inOrder(nodes) {
  return nodes.toSorted((a, b) =>
    OVER.has(a.state) - OVER.has(b.state) || a.node.localeCompare(b.node) || b.startedAt.localeCompare(a.startedAt));
}

function row(node, columns) {
  return [
    h("span", { class: "id", title: `${node.incarnation}, ${node.software}` }, node.node),
    pill(node.state),
    ...columns.map(([, write]) => (OVER.has(node.state) ? "–" : write(node))),
    OVER.has(node.state) ? "–" : ago(node.startedAt),
    time(node.heartbeatAt),
  ];
}
