// @ts-check
// Sanctions: choosing the form's durations and reasons by key.

import * as cards from "./cards.js";
import { choiceOf, isComposing, keysOn } from "./keys.js";
import { whereabouts } from "./opened.js";

/** Show a form that a key opened: its top below the bar, and the focused field in view. @param {ParentNode} [place] */
export function showForm(place = document) {
  const field = place.querySelector(".sanction [autofocus]");
  if (!(field instanceof HTMLElement)) return;
  field.focus({ preventScroll: true });
  field.closest("details")?.scrollIntoView({ block: "start", behavior: "instant" });
  field.scrollIntoView({ block: "nearest", behavior: "instant" });
}

/** A form for a sanction that is open: no digit decides a card behind it. */
export const opened = () =>
  [...document.querySelectorAll("details[open] > .sanction")].find((each) => each.checkVisibility());

/** The form that the person is in, or, where the focus is in no card, the one that is open. */
function meant() {
  const at = whereabouts();
  return at?.closest(".sanction") ?? (cards.around(at) ? null : opened());
}

/**
 * Choose the duration with this number in an open form; if there is none, or it is chosen, the reason.
 * @param {string} digit
 */
export function length(digit) {
  const form = meant();
  const list = form?.querySelector("[name=reason]");
  if (!form || !(list instanceof HTMLSelectElement) || !list.checkVisibility()) return false;
  const choice = form.querySelector("[name=length]:checked") ? null : form.querySelector(`[data-digit="${digit}"]`);
  if (choice instanceof HTMLInputElement && choice.checkVisibility()) choice.click();
  else reason(list, digit);
  list.focus();
  return true;
}

/**
 * Choose the reason with this key.
 * @param {HTMLSelectElement} list
 * @param {string} key
 */
export function reason(list, key) {
  const found = [...list.options].find((each) => each.dataset.key === key);
  if (found) list.value = found.value;
}

/**
 * Choose a reason by its key in the list: for Shift and 1, the browser would search for “!”.
 * @param {KeyboardEvent} event
 */
function byKey(event) {
  const list = event.target;
  const key = choiceOf(event);
  if (!key || event.ctrlKey || event.metaKey || event.altKey || !keysOn()) return false;
  if (!(list instanceof HTMLSelectElement) || !list.matches(".sanction [name=reason]")) return false;
  event.preventDefault();
  reason(list, key);
  return true;
}

/**
 * Keep the form consistent: a duration means a ban or a suspension, a date a suspension; a ban lasts forever and also
 * rejects waiting comments, unless unticked.
 * @param {HTMLInputElement} element
 */
export function sayLength(element) {
  const form = element.closest?.(".sanction");
  if (!(form instanceof HTMLFormElement)) return;
  const named = (/** @type {string} */ name, value = "") =>
    /** @type {HTMLInputElement | null} */ (form.querySelector(`[name=${name}]${value && `[value="${value}"]`}`));
  const kind = { length: element.value === "forever" ? "ban" : "suspend", until: "suspend" }[element.name];
  if (kind) named("kind", kind)?.click();
  const chosen = kind ?? (element.name === "kind" ? element.value : "");
  if (!chosen) return;
  const waiting = named("reject_waiting");
  if (waiting) waiting.checked = chosen === "ban";
  const until = named("until");
  if (until && element.name !== "until") until.value = "";
  for (const each of form.querySelectorAll("[name=length]")) {
    const choice = /** @type {HTMLInputElement} */ (each);
    const forever = choice.value === "forever";
    if (element.name === "until" || (element.name === "kind" && forever !== (chosen === "ban"))) choice.checked = false;
    else if (element.name === "kind" && forever) choice.checked = true;
  }
}

/** Handle keys in the list of reasons: their keys choose them, and Enter sends the form once one is chosen (Space
 * opens the list). In a text field, Ctrl-Enter sends a card's form, and any form with one button. */
export function sendByEnter() {
  document.addEventListener("keydown", (event) => {
    if (byKey(event)) return;
    const text = event.target;
    if (text instanceof HTMLTextAreaElement && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      const [first, ...others] = text.form?.querySelectorAll("button:not([type=button])") ?? [];
      if (!first || isComposing(event) || (others.length && !text.closest(".card"))) return;
      event.preventDefault();
      text.form?.requestSubmit(/** @type {HTMLButtonElement} */ (first));
      return;
    }
    const list = event.target;
    if (event.key !== "Enter" || isComposing(event) || !(list instanceof HTMLSelectElement) || !list.value) return;
    const form = list.closest(".sanction");
    if (!(form instanceof HTMLFormElement)) return;
    event.preventDefault();
    form.requestSubmit(/** @type {HTMLButtonElement} */ (form.querySelector("button.primary")));
  });
}
