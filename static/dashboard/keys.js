// @ts-check
// Single keys. Which key does what is data (a person may have set it otherwise), what it does is not here.

import { data } from "./lib/page.js";

/** @type {Record<string, string>} key -> what it does */
const KEYS = data.keys ?? {};
const MOVING = ["next", "previous"]; // what may be held down
const OFF = "commentsvc.keys-off";

/** Whether single keys are switched on in this browser (WCAG 2.1.4: they can be switched off). */
export function keysOn() {
  try {
    return localStorage.getItem(OFF) === null;
  } catch {
    return true;
  }
}

/** @param {boolean} on */
export function setKeys(on) {
  try {
    if (on) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "1");
  } catch {
    // storage is blocked: they stay on for this page
  }
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.matches("textarea, select")) return true;
  return target.matches("input:not([type=radio], [type=checkbox], [type=range])");
}

/**
 * Whether a key belongs to a word that the keyboard composes: some browsers say so by its code alone.
 * @param {KeyboardEvent} event
 */
const isComposing = (event) => event.isComposing || event.keyCode === 229;

/**
 * Call `act(name, key)` for keys that mean something here; "choice" comes with the key of a list's entry.
 * `act` answers whether it used the key; only then is the browser's own meaning suppressed.
 * @param {(name: string, key?: string) => boolean} act
 */
export function listen(act) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || isComposing(event) || (event.repeat && !MOVING.includes(KEYS[event.key]))) return;
    if (event.key === "Escape") {
      act("escape");
      return;
    }
    if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
    const undo = (event.ctrlKey || event.metaKey) && !event.shiftKey && event.key.toLowerCase() === "z";
    if (undo) {
      if (act("undo")) event.preventDefault();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || !keysOn()) return;
    const digit = /^(?:Digit|Numpad)([0-9])$/.exec(event.code)?.[1] ?? (/^[0-9]$/.test(event.key) ? event.key : "");
    const choice = digit && !event.shiftKey ? digit : /^[+-]$/.test(event.key) ? event.key : "";
    const name = KEYS[event.key];
    if ((choice && act("choice", choice)) || (name && act(name))) event.preventDefault();
  });
}
