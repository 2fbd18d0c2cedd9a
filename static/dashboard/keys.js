// @ts-check
// Single keys. Which key does what is data (people can change it); the actions are elsewhere.

import { data } from "./lib/page.js";

/** @type {Record<string, string>} key -> what it does */
const KEYS = data.keys ?? {};
const MOVING = ["next", "previous"]; // keys that may repeat
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

/** Whether keys write there. @param {EventTarget | null} target @returns {boolean} */
export function isTyping(target) {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.matches("textarea, select")) return true;
  return target.matches("input:not([type=radio], [type=checkbox], [type=range])");
}

/**
 * Whether an input method is composing a word: some browsers show that only by the key code.
 * @param {KeyboardEvent} event
 */
export const isComposing = (event) => event.isComposing || event.keyCode === 229;

/** @type {Record<string, string>} what these write on a Latin keyboard */
const SIGNS = { Comma: ",", Period: ".", Slash: "/", Semicolon: ";" };

/**
 * The key's name on a Latin keyboard, if the keyboard has another script.
 * @param {KeyboardEvent} event
 */
function named({ key, code }) {
  if (KEYS[key] || !/^\p{L}{1,2}$/u.test(key) || /\p{Script=Latin}/u.test(key)) return key;
  return /^Key([A-Z])$/.exec(code)?.[1].toLowerCase() ?? SIGNS[code] ?? key;
}

/** What the pressed key does, alone. @param {KeyboardEvent} event */
export function nameOf(event) {
  const key = named(event);
  return KEYS[key] ?? KEYS[key.toLowerCase()] ?? "";
}

const GOING = 3000; // milliseconds to wait for the letter of a page
let going = 0;

/**
 * What the pressed key means: alone, with Shift, or as the letter of a page.
 * @param {KeyboardEvent} event
 * @returns {[string, string?]}
 */
function meaning(event) {
  const key = named(event);
  if (going > Date.now() && key.length === 1) {
    going = 0;
    return ["place", key.toLowerCase()];
  }
  const name = nameOf(event);
  if (name === "go") going = Date.now() + GOING;
  if (!event.shiftKey || KEYS[key]) return [name];
  return name === "tick" ? ["tick", "range"] : [""];
}

/**
 * The key of a list's entry, if it is one: a digit, + or -, or ⇧ and a digit (on some keyboards, Shift and a digit
 * write +).
 * @param {KeyboardEvent} event
 */
export function choiceOf(event) {
  if (/^[+-]$/.test(event.key)) return event.key;
  const digit = /^(?:Digit|Numpad)([0-9])$/.exec(event.code)?.[1] ?? (/^[0-9]$/.test(event.key) ? event.key : "");
  return digit && event.shiftKey ? `⇧${digit}` : digit;
}

/**
 * Call `act(name, key)` for keys that have an action; "choice" comes with the key of a list's entry. `act` returns
 * whether it used the key; only then is the browser's default prevented.
 * @param {(name: string, key?: string) => boolean} act
 */
export function listen(act) {
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || isComposing(event) || (event.repeat && !MOVING.includes(KEYS[event.key]))) return;
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") {
      going = 0;
      act("escape");
      return;
    }
    const chord = (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
    const name = chord ? { z: "undo", k: "palette" }[named(event).toLowerCase()] : undefined;
    if (isTyping(event.target) && name !== "palette") return;
    if (name) {
      if (act(name)) event.preventDefault();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || !keysOn()) return;
    const choice = choiceOf(event);
    if (choice && going > Date.now()) {
      going = 0; // the number of a saved filter
      if (act("place", choice)) event.preventDefault();
      return;
    }
    if (choice && act("choice", choice)) return event.preventDefault();
    const [meant, more] = meaning(event);
    if (meant && act(meant, more)) event.preventDefault();
  });
}
