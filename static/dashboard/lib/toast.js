// @ts-check
// The message at the bottom of the page, with the seconds left to undo the action.

import { announce, data, language, say } from "./page.js";

const SHORT = 6000; // milliseconds
const BUSY = ".toast[aria-busy]"; // the message about what is on its way
/** What may be open on a card, the list of reasons or a reply's form, and what is done about all that are selected. */
export const OPEN = ".card details[open] .picker, .card .reply-form:not([hidden]), details.many[open]";
let timer = 0;

/** Let the message stand beside what is open on a card: never over what one is about to press. (Not by `:has()`: on an
 * ancestor of all cards, it would have every card's style computed again at each decision.) */
function makeWay() {
  document.getElementById("toasts")?.toggleAttribute("data-beside", document.querySelector(OPEN) !== null);
}
document.addEventListener("toggle", makeWay, true);
document.addEventListener("focusin", makeWay); // a reply's form has no event of its own: it takes and gives the focus

/** A time span as text; from two minutes on, in minutes. @param {number} seconds */
function short(seconds) {
  const unit = seconds < 120 ? "second" : "minute";
  const count = seconds < 120 ? seconds : Math.ceil(seconds / 60);
  return new Intl.NumberFormat(language, { style: "unit", unit, unitDisplay: "short" }).format(count);
}

/**
 * Show a message for some seconds; with `stay`, until something else is shown or it is closed (if `brief`, for some seconds). With
 * `until`, the button counts down; if that is Infinity, what it undoes is on its way, and the message about it takes
 * its place. One that something has `failed` stays until it can be read.
 * @param {string} text
 * @param {{until?: number, undo?: () => void, stay?: boolean, brief?: boolean, failed?: boolean}} [options]
 */
export function toast(text, { until = 0, undo, failed = false, stay = failed, brief = false } = {}) {
  const place = document.getElementById("toasts");
  if (!place) return;
  window.clearTimeout(timer);
  const box = place.querySelector(/** @type {"div"} */ (BUSY)) ?? document.createElement("div");
  box.className = "toast";
  box.ariaBusy = until === Infinity ? "true" : null;
  box.toggleAttribute("data-failed", failed);
  const words = document.createElement("span");
  words.textContent = text;
  box.replaceChildren(words);
  makeWay();
  if (!box.isConnected) place.replaceChildren(box);
  if (stay) {
    if (undo) box.append(undoing(undo));
    box.append(button(say("act.close"), clear));
    if (brief) timer = window.setTimeout(clear, SHORT);
    return;
  }
  if (!undo) {
    timer = window.setTimeout(clear, SHORT);
    return;
  }
  if (until === Infinity) return box.append(undoing(undo));
  const left = document.createElement("span");
  left.className = "num";
  left.setAttribute("aria-hidden", "true");
  box.append(left, undoing(undo));
  const tick = () => {
    const seconds = Math.ceil((until - Date.now()) / 1000);
    if (seconds <= 0) return clear();
    left.textContent = short(seconds);
    timer = window.setTimeout(tick, 250);
  };
  tick();
}

/** Show a message, and have it read out; not under a dialog that says the same.
 * @param {string} words @param {boolean} [failed] */
export function tell(words, failed) {
  if (document.querySelector("#signed-out[open]")) return document.querySelector(BUSY) ? clear() : undefined;
  toast(words, { failed });
  announce(words);
}

/** Show an error until it is closed, until something else is shown, or until something works. @param {string} words */
export function fail(words) {
  tell(words, true);
}

/** Something has worked: an error from before is no news any more. */
export function forgive() {
  if (document.querySelector("#toasts > [data-failed]")) clear();
}

/** Whether this is the message that is shown. @param {string} words */
export const shows = (words) => document.querySelector("#toasts .toast span")?.textContent === words;

/** Remove the message. */
export function clear() {
  window.clearTimeout(timer);
  document.getElementById("toasts")?.replaceChildren();
}

/** Show that what the message offers is under way, until another message says how it ended. */
export function pending() {
  const box = document.querySelector("#toasts .toast");
  if (!box) return;
  window.clearTimeout(timer);
  box.ariaBusy = "true";
  box.querySelector(".num")?.remove();
  const button = box.querySelector("button");
  if (button) button.textContent = say("bulk.state_undoing");
  if (button) button.disabled = true;
}

/** @param {() => void} act */
function undoing(act) {
  const made = button(say("act.undo"), act);
  const name = Object.keys(data.keys ?? {}).find((each) => data.keys[each] === "undo");
  if (name) made.append(" ", key(name));
  return made;
}

/**
 * @param {string} words
 * @param {() => void} act
 */
function button(words, act) {
  const made = document.createElement("button");
  made.type = "button";
  made.append(words);
  made.addEventListener("click", act);
  return made;
}

/** @param {string} name */
function key(name) {
  const cap = document.createElement("kbd");
  cap.textContent = name;
  return cap;
}
