// @ts-check
// Draws the charts that the page contains as data (commentsvc/dashboard/figures/charts.py), in its colors, language
// and direction. Chart.js in vendor/ does the drawing; only this module uses it.

import { colour, pale, stripes } from "./lib/tones.js";
import { decimal, language, longDay, measure, named, rtl, shortDay } from "./lib/written.js";

/**
 * @typedef {{name: string, tone: string, values: (number | null)[], shape: "bar" | "line" | "dots",
 *   at: number[] | null, low: number[] | null, high: number[] | null, dashed: boolean}} Series
 * @typedef {{kind: "days" | "rows" | "curve" | "spark", series: Series[], labels: string[] | null,
 *   unit: "count" | "share" | "seconds", stacked: boolean}} Data
 */
const { Chart } = /** @type {any} */ (window);
const ROW = 32; // pixels
/** @type {(one: {datasetIndex: number}, other: {datasetIndex: number}) => number} */
const inOrder = (one, other) => one.datasetIndex - other.datasetIndex;
/** @type {any[]} */
let drawn = [];

/** What the parts of one drawing share. @typedef {ReturnType<typeof sheetOf>} Sheet */

/** @param {HTMLCanvasElement} canvas */
function sheetOf(canvas) {
  /** @type {Data} */
  const chart = JSON.parse(canvas.textContent || "");
  const most = Math.max(0, ...chart.series.flatMap((each) => each.values.map(Number)));
  const [unit, size] = measure(chart.unit, most);
  const [rows, curve, spark] = ["rows", "curve", "spark"].map((kind) => kind === chart.kind);
  const [muted, ink, raised, line] = ["muted", "ink", "raised", "line"].map((name) => colour(canvas, name));
  const font = { family: getComputedStyle(canvas).fontFamily, size: 12 };
  const labels = chart.labels ?? [];
  /** The label of a position: a score, a day or a name. @param {number} at @param {Intl.DateTimeFormat} day @param {number} [room] */
  const place = (at, day, room) =>
    curve ? decimal.format(at) : chart.kind === "days" ? day.format(new Date(labels[at])) : named(labels[at], room);
  return { canvas, chart, most, unit, size, rows, curve, spark, muted, ink, raised, line, font, labels, place };
}

/** The style of a series: line, bars or dots. @param {Sheet} sheet @param {Series} series @param {string} tone */
function shapes({ chart }, series, tone) {
  const line = {
    type: "line",
    borderColor: tone,
    borderWidth: 2,
    backgroundColor: tone,
    pointStyle: "line",
    pointRadius: 0,
    pointHoverRadius: 0,
    pointHitRadius: 12,
  };
  const bar = {
    type: "bar",
    backgroundColor: series.tone === "bad" ? stripes(tone) : tone,
    maxBarThickness: 22,
    borderRadius: 2,
    pointStyle: "rect",
    order: 1,
  };
  // a line goes across these
  if (chart.kind === "days")
    Object.assign(bar, { backgroundColor: pale(tone, 0.35), borderColor: tone, borderWidth: 1 });
  const dots = { ...line, showLine: false, pointStyle: "circle", pointRadius: 5, pointHoverRadius: 6, clip: false };
  return { line, bar, dots };
}

/** The datasets of Chart.js: the values, and the band behind them if there is one.
 * @param {Sheet} sheet @param {Series} series @returns {object[]} */
function sets(sheet, series) {
  const tone = colour(sheet.canvas, series.tone);
  /** @param {(number | null)[]} values */
  const data = (values) =>
    values.map((value, index) => {
      const y = value === null ? null : value / sheet.size;
      return series.at ? { x: series.at[index], y } : y;
    });
  const { line, bar, dots } = shapes(sheet, series, tone);
  const own = {
    ...{ line, dots, bar }[series.shape],
    label: series.name,
    data: data(series.values),
    series,
    borderDash: series.dashed ? [5, 4] : [],
  };
  const { low, high } = series;
  if (!low || !high) return [own];
  const band = { borderWidth: 0, backgroundColor: pale(tone, 0.22), order: 2 };
  if (sheet.rows) return [own, { ...bar, ...band, data: low.map((end, at) => [end, high[at]]) }];
  return [
    own,
    { ...line, ...band, pointHitRadius: 0, data: data(high), fill: "+1" },
    { ...line, ...band, pointHitRadius: 0, data: data(low) },
  ];
}

/** The axis of the values. @param {Sheet} sheet */
const valueAxis = ({ chart, most, unit, spark, muted, line, font }) => ({
  beginAtZero: true,
  stacked: chart.stacked,
  max: spark ? most * 1.1 : chart.unit === "share" ? 1 : undefined,
  ticks: {
    color: muted,
    font,
    precision: chart.unit === "count" ? 0 : undefined,
    maxTicksLimit: 6,
    maxRotation: 0,
    callback: (/** @type {number} */ at) => unit.format(at),
  },
  grid: { color: line },
  border: { display: false },
});

/** The axis of days, names or scores. @param {Sheet} sheet */
const placeAxis = ({ canvas, chart, rows, curve, spark, muted, ink, line, font, place }) => ({
  type: curve ? "linear" : "category",
  offset: !curve && !spark,
  stacked: chart.stacked,
  ...(curve && { min: 0, max: 1 }),
  ticks: {
    color: rows ? ink : muted,
    font,
    autoSkip: !rows,
    autoSkipPadding: 16,
    maxRotation: 0,
    callback: (/** @type {number} */ at) => place(at, shortDay, Math.floor(canvas.clientWidth / 21)),
  },
  grid: { display: false },
  border: { color: line },
});

/** @param {Sheet} sheet */
function scales(sheet) {
  const across = { reverse: rtl, display: !sheet.spark };
  const upright = { position: rtl ? "right" : "left", display: !sheet.spark };
  const [values, places] = [valueAxis(sheet), placeAxis(sheet)];
  return sheet.rows
    ? { x: { ...values, ...across }, y: { ...places, ...upright } }
    : { x: { ...places, ...across }, y: { ...values, ...upright } };
}

/** @param {Sheet} sheet */
const legend = ({ chart, spark, ink, font }) => ({
  display: chart.series.length > 1 && !spark,
  rtl,
  align: "start",
  onClick: () => {},
  labels: {
    color: ink,
    font,
    usePointStyle: true,
    pointStyleWidth: 12,
    boxHeight: 10,
    sort: inOrder,
    filter: (/** @type {{text?: string}} */ { text }) => !!text,
  },
});

/** @param {Sheet} sheet */
function tooltip({ unit, size, curve, muted, ink, raised, font, place }) {
  /** @param {{dataset: {series: Series}, dataIndex: number}} item */
  function said({ dataset: { series }, dataIndex: at }) {
    const band = series.low && series.high ? ` (${unit.format(series.low[at])} – ${unit.format(series.high[at])})` : "";
    return `${series.name}: ${unit.format(Number(series.values[at]) / size)}${band}`;
  }
  return {
    rtl,
    textDirection: rtl ? "rtl" : "ltr",
    itemSort: inOrder,
    filter: (/** @type {{dataset: {series?: Series}}} */ { dataset }) => !!dataset.series,
    callbacks: {
      title: (/** @type {any[]} */ [item]) => item && place(curve ? item.parsed.x : item.dataIndex, longDay),
      label: said,
    },
    ...{ backgroundColor: raised, borderColor: muted, borderWidth: 1, padding: 10, boxPadding: 6 },
    ...{ titleColor: ink, titleFont: { ...font, weight: "bold" }, bodyColor: ink, bodyFont: font, usePointStyle: true },
  };
}

/** @param {HTMLCanvasElement} canvas */
function draw(canvas) {
  const sheet = sheetOf(canvas);
  const { chart, labels, rows, curve, spark } = sheet;
  if (rows) /** @type {HTMLElement} */ (canvas.parentElement).style.blockSize = `${labels.length * ROW + 72}px`;
  return new Chart(canvas, {
    data: { labels, datasets: chart.series.flatMap((each) => sets(sheet, each)) },
    options: {
      animation: false, // animation delays reading, and some people cannot tolerate it
      locale: language,
      maintainAspectRatio: false,
      indexAxis: rows ? "y" : "x",
      events: spark ? [] : ["mousemove", "mouseout", "click", "touchstart", "touchmove"],
      interaction: { mode: curve ? "nearest" : "index", axis: rows ? "y" : "x", intersect: false },
      scales: scales(sheet),
      plugins: { legend: legend(sheet), tooltip: tooltip(sheet) },
    },
  });
}

function drawAll() {
  for (const each of drawn) each.destroy();
  drawn = [...document.querySelectorAll(".drawing > canvas")].map((each) =>
    draw(/** @type {HTMLCanvasElement} */ (each)),
  );
}

drawAll();
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", drawAll);
new MutationObserver(drawAll).observe(document.documentElement, { attributes: true, attributeFilter: ["data-theme"] });
