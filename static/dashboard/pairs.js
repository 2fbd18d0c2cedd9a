// @ts-check
// Commands of two keys: the first opens what the second chooses in. If it opened nothing, the second means nothing
// either: it decides on no card.

import { choiceOf, nameOf } from "./keys.js";
import { SANCTIONS } from "./opened.js";
import { opened } from "./sanction.js";

/** @param {string} selector */
const shown = (selector) => () => document.querySelector(selector) !== null;
const reasons = shown(".card details.reject[open], .case"); // a case has a form of its own
const isWithout = shown(".card details.reject[open]:not(:has(select[data-canned]))"); // canned messages

/** What is open after a first key, for its second. @type {Record<string, () => unknown>} */
const OPENS = {
  reject: reasons,
  ban_reject: reasons,
  wave: shown(".card details.wave[open]"),
  canned: () => !isWithout(),
  ...Object.fromEntries(SANCTIONS.filter((name) => name !== "author").map((name) => [name, opened])),
};

export const DECIDING = ["approve", "feature", "close_thread", "choice"]; // all that decide at once

const SOON = 3000; // milliseconds: a key that comes later is meant for itself
let first = "";
let why = "";
let until = 0;

/** A key has been pressed. @param {string} name what it does */
export function began(name) {
  first = name in OPENS ? name : "";
  why = "";
  until = Date.now() + SOON;
}

/** Why the first key opened nothing. @param {string} words */
export const opensNothing = (words) => (why = words);

/** Why the second key does nothing, if it follows a first one that opened nothing; null if it may be used. */
export function astray() {
  if (!first || Date.now() > until || OPENS[first]()) return forget();
  until = Date.now() + SOON;
  return why;
}

function forget() {
  first = "";
  return null;
}

const CANNED = "m"; // as in canned.js, which only pages of sites with such messages load

// Whatever else is pressed is a new beginning.
document.addEventListener("pointerdown", forget, true);
document.addEventListener(
  "keydown",
  (event) => {
    if (choiceOf(event) || event.key === "Shift" || DECIDING.includes(nameOf(event))) return;
    forget();
    if (event.key === CANNED && isWithout()) began("canned");
  },
  true,
);
