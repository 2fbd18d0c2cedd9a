// DOM helpers: find elements, announce, write dates.
// @ts-check
import { html } from "./html.js";

/** @type {(css: string, from?: ParentNode) => any} */
export const $ = (css, from = document) => from.querySelector(css);
/** @type {(css: string, from?: ParentNode) => any[]} */
export const $$ = (css, from = document) => [...from.querySelectorAll(css)];

export const box = $("#box");
/** The page's data- attributes: data-site, data-thread … @type {DOMStringMap} */
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
export const nameOf = (node) => $(".by", node.closest(".c")).textContent.trim();

/** Put a comment in its place; false if its parent is not on the page. Below the last indented level, replies are
 * not indented, and each follows all replies to the one before. @param {any} node @param {string} [parent] */
export function put(node, parent) {
  const above = parent && place(parent);
  if (!parent) $("#list").prepend(node);
  else if (!above) return false;
  else if (above.matches(".level")) {
    const branch = new Set([parent]);
    let at = above;
    for (let next = at.nextElementSibling; next; next = next.nextElementSibling) {
      if (!branch.has(next.dataset.parent) && !branch.has($("a", next)?.dataset.of)) break;
      if (next.id) branch.add(next.dataset.id);
      at = next;
    }
    at.after(node);
  } else {
    const flat = node.matches(".level") ? " flat" : "";
    ($(":scope > .replies", above) || above.appendChild(html`<ol class="replies${flat}" role="list"></ol>`)).append(
      node,
    );
  }
  return true;
}

/** Whether an input method is composing a word: its keys are not for us.
 * @param {KeyboardEvent} event */
export const isComposing = (event) => event.isComposing || event.keyCode === 229;

const ago = new Intl.RelativeTimeFormat(page.locale, { numeric: "auto" });
// made once: to make one takes longer than to write a date with it
const day = new Intl.DateTimeFormat(page.locale, { dateStyle: "medium" });
const moment = new Intl.DateTimeFormat(page.locale, { dateStyle: "long", timeStyle: "short" });

/** The number of a day in the reader's time zone. @param {Date} at */
const dayOf = (at) => Math.floor((+at - at.getTimezoneOffset() * 6e4) / 864e5);

/** How long ago something was, in words; from one day on, in calendar days. @param {Date} at @param {Date} now */
function agoOf(at, now) {
  const seconds = Math.max(0, (+now - +at) / 1000);
  const days = dayOf(now) - dayOf(at);
  if (days > 7) return day.format(at);
  if (seconds >= 86400) return ago.format(-days, "day");
  const [size, unit] = seconds < 60 ? [60, "second"] : seconds < 3600 ? [60, "minute"] : [3600, "hour"]; // "now" at first
  return ago.format(-Math.floor(seconds / size), /** @type {any} */ (unit));
}

/** Until when these words stay true; for good where they are a date. @param {Date} at @param {Date} now */
function stays(at, now) {
  const hours = (+now - +at) / 36e5;
  if (hours < 1) return 0;
  if (hours < 24) return +at + Math.ceil(hours) * 36e5;
  return dayOf(now) - dayOf(at) > 7 ? 1 / 0 : new Date(now).setHours(24, 0, 0, 0);
}

/** Replace dates by relative times. The page contains plain days, because all readers get the same page.
 * Only what changes is looked at: in a long conversation, every date would take longer than a frame.
 * @param {any} [from] where to look, if not everywhere */
export function tellTimes(from) {
  const now = new Date();
  for (const time of $$("time:not(.opens)", from)) {
    if (time.until > now) continue;
    const at = new Date(time.dateTime);
    const words = agoOf(at, now);
    time.until = stays(at, now);
    time.title ||= moment.format(at);
    if (time.textContent !== words) time.textContent = words;
  }
  for (const node of $$("[data-until]", from)) node.textContent = `· ${leftOf(+new Date(node.dataset.until) - +now)}`;
}

/** How much time is left to do something, in words. @param {number} left in milliseconds */
function leftOf(left) {
  const minutes = Math.ceil(left / 60_000);
  const [size, unit] = minutes < 120 ? [1, "minute"] : minutes < 2880 ? [60, "hour"] : [1440, "day"];
  return new Intl.NumberFormat(page.locale, { style: "unit", unit }).format(Math.floor(minutes / size));
}
