import { h } from "./dom.js";

const HEIGHT = 150;
const WINDOW_S = 300;
const dark = matchMedia("(prefers-color-scheme: dark)");

/**
 * A chart of the last five minutes: a head with the present values, or those under the pointer, and
 * lines below. A series has a label, the name of a colour in style.css, and how its values are written.
 */
export function chart(title, series, signal) {
  const values = series.map(() => h("b", null, "–"));
  const head = h("figcaption", null, h("span", { class: "title" }, title),
    series.map((one, i) => h("span", { class: "value" }, h("i", { class: one.colour }), one.label, " ", values[i])));
  const canvas = h("div", { class: "lines" });
  const element = h("figure", { class: "chart" }, head, canvas);
  let data = [[], ...series.map(() => [])];
  let plot = null;

  function showValues(index) {
    const at = index ?? data[0].length - 1;
    series.forEach((one, i) => { values[i].textContent = one.write(data[i + 1][at]); });
  }

  function draw() {
    plot?.destroy();
    plot = canvas.clientWidth > 0 ? new window.uPlot(options(canvas, series, showValues), data, canvas) : null;
  }

  const resizing = new ResizeObserver(() => {
    if (plot) plot.setSize({ width: canvas.clientWidth, height: HEIGHT });
    else draw();
  });
  resizing.observe(canvas);
  dark.addEventListener("change", draw, { signal });
  signal.addEventListener("abort", () => {
    resizing.disconnect();
    plot?.destroy();
  });

  return {
    element,
    update(timesMs, columns) {
      data = [timesMs.map((ms) => ms / 1000), ...columns];
      plot?.setData(data);
      if (plot?.cursor.idx === null || plot?.cursor.idx === undefined || plot.cursor.left < 0) showValues();
    },
  };
}

function options(canvas, series, showValues) {
  const style = getComputedStyle(canvas);
  const colour = (name) => style.getPropertyValue(`--${name}`).trim();
  const axis = { stroke: colour("muted"), font: `11px ${style.fontFamily}`, ticks: { show: false } };
  return {
    width: canvas.clientWidth,
    height: HEIGHT,
    padding: [8, 18, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 6 } },
    scales: {
      x: { range: (_, __, last) => [last - WINDOW_S, last] },
      y: { range: (_, __, max) => [0, Math.max(max, series[0].least ?? 0.001) * 1.15] },
    },
    axes: [
      { ...axis, grid: { show: false }, size: 24, space: 70, values: (_, times) => times.map(clock) },
      { ...axis, grid: { stroke: colour("line"), width: 1 }, size: room, space: 36, values: (_, ticks) => ticks.map((tick) => series[0].write(tick)) },
    ],
    series: [{}, ...series.map((one, i) => ({
      label: one.label,
      stroke: colour(one.colour),
      width: 1.5,
      fill: i === 0 ? `${colour(one.colour)}18` : undefined,
      points: { show: false },
      spanGaps: false,
    }))],
    hooks: { setCursor: [(plot) => showValues(plot.cursor.left >= 0 ? plot.cursor.idx : undefined)] },
  };
}

/** What the longest label of an axis takes, in pixels. */
function room(_, labels) {
  return Math.max(48, 12 + 6.4 * Math.max(...(labels ?? []).map((label) => label.length)));
}

function clock(seconds) {
  return new Date(seconds * 1000).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
}
