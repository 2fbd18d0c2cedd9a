// Small things about the page: finding, announcing, dates.
// @ts-check
import { html } from "./html.js";

/** @type {(css: string, from?: ParentNode) => any} */
export const $ = (css, from = document) => from.querySelector(css);
/** @type {(css: string, from?: ParentNode) => any[]} */
export const $$ = (css, from = document) => [...from.querySelectorAll(css)];

export const box = $("#box");
/** What the page says about itself: data-site, data-thread … @type {DOMStringMap} */
export const page = box.dataset;

/** Let a screen reader say something. @param {string} text */
export function announce(text) {
  $("#say").textContent = text;
}

/** @type {(id: string) => any} */
export const place = (id) => document.getElementById(`c-${id}`);

/** @param {any} node */
export const idOf = (node) => node.closest(".c")?.dataset.id;

/** @param {any} node */
export const nameOf = (node) => $(".by", node.closest(".c")).textContent;

/** The list in which answers to a comment stand, or the list of the thread. @param {any} comment */
export function listOf(comment) {
  if (!comment) return $("#list");
  return $(":scope > .replies", comment) || comment.appendChild(html`<ol class="replies" role="list"></ol>`);
}

const STEPS = /** @type {const} */ ([
  ["day", 86400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
]);
const ago = new Intl.RelativeTimeFormat(page.locale, { numeric: "auto" });

/** Write dates as the reader thinks of them. The page holds days, since it is made for everybody. */
export function tellTimes() {
  for (const time of $$("time")) {
    const at = new Date(time.dateTime);
    const seconds = Math.min(0, (+at - Date.now()) / 1000);
    const [unit, size] = STEPS.find(([, size]) => -seconds >= size) || STEPS[3];
    time.title = at.toLocaleString(page.locale, { dateStyle: "long", timeStyle: "short" });
    time.textContent =
      seconds < -7 * 86400
        ? at.toLocaleDateString(page.locale, { dateStyle: "medium" })
        : ago.format(Math.round(seconds / size), unit);
  }
}
