// @ts-check
// A field that goes while somebody types in it: what they still type is no command, until they have paused.

import { isTyping } from "./keys.js";

const PAUSE = 800; // milliseconds without a key
const KEPT = ["Shift", "Control", "Alt", "Meta", "AltGraph", "CapsLock"]; // these neither type nor leave

/** @type {HTMLElement | null} the field that has the focus, or had it until it went */
let field = null;
let leaving = false; // whether the person's latest act may have taken the focus away: a press, Tab, Escape, Enter
let until = 0;

/** @param {HTMLElement} each */
const isGone = (each) => !each.isConnected || !each.checkVisibility() || each.matches(":disabled");

/** The focus is in no field any more, and not elsewhere by choice: the field has gone, or what is around it has it. */
function lose() {
  if (!field || !document.hasFocus()) return;
  if (!leaving && (isGone(field) || document.activeElement?.contains(field))) until = Date.now() + PAUSE;
  field = null;
}

document.addEventListener("focusout", ({ relatedTarget }) => relatedTarget ?? lose()); // to nothing
document.addEventListener("focusin", ({ target }) => {
  if (!isTyping(target)) return lose();
  field = /** @type {HTMLElement} */ (target);
  leaving = false;
  until = 0;
});

for (const name of ["pointerdown", "click"]) {
  document.addEventListener(
    name,
    (event) => {
      if (event.isTrusted) leaving = event.target !== field;
      if (event.isTrusted) until = 0;
    },
    true,
  );
}

document.addEventListener("submit", () => (leaving = true), true);

/** @param {KeyboardEvent} event in a field */
function mayLeave({ key, target, ctrlKey, metaKey, altKey }) {
  if (key === "Enter") return ctrlKey || metaKey || !(target instanceof HTMLTextAreaElement);
  return key === "Tab" || key === "Escape" || ctrlKey || metaKey || altKey || /^F\d/.test(key);
}

window.addEventListener(
  "keydown",
  (event) => {
    if (isTyping(event.target)) {
      if (!KEPT.includes(event.key)) leaving = mayLeave(event);
      return;
    }
    lose(); // no event says that a field was removed in every browser
    if (Date.now() > until || KEPT.includes(event.key)) return;
    if (event.key === "Escape" || event.key === "Tab" || event.ctrlKey || event.metaKey) return;
    until = Date.now() + PAUSE;
    event.preventDefault();
    event.stopImmediatePropagation();
  },
  true,
);
