// @ts-check
// Sanctions: the form's lengths of time and reasons by key.

import * as cards from "./cards.js";
import { choiceOf, keysOn } from "./keys.js";
import { keep, kept } from "./lib/place.js";

const CURRENT = "commentsvc.current";

/** Before the filter is cleared: the same card is meant afterwards, or else the first. */
export const keepCurrent = () => keep(CURRENT, { path: location.pathname, id: cards.current()?.dataset.id });

/** The same card is meant as before. */
export function comeBack() {
  const before = kept(CURRENT);
  if (before) cards.focus(document.getElementById(`c-${before.id}`) ?? cards.all()[0]);
}

/** Where a key opened the form: its top below the bar, with the field that has the focus in view. @param {ParentNode} [place] */
export function showForm(place = document) {
  const field = place.querySelector(".sanction [autofocus]");
  if (!(field instanceof HTMLElement)) return;
  field.focus({ preventScroll: true });
  field.closest("details")?.scrollIntoView({ block: "start", behavior: "instant" });
  field.scrollIntoView({ block: "nearest", behavior: "instant" });
}

/**
 * Choose the length with this number, if its form is what one is in; where it has none, the reason.
 * @param {string} digit
 */
export function length(digit) {
  const form = document.activeElement?.closest(".sanction");
  const list = form?.querySelector("[name=reason]");
  if (!form || !(list instanceof HTMLSelectElement)) return false;
  const choice = form.querySelector(`[data-digit="${digit}"]`);
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
 * A list would search for “!” and not for the reason whose key is Shift and 1.
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
 * A length is a ban or a suspension, a day is a suspension; a ban takes what waits with it unless one says
 * otherwise.
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
    if (element.name === "until" || (element.name === "kind" && (choice.value === "forever") !== (chosen === "ban"))) {
      choice.checked = false;
    }
  }
}

/** In the list of reasons, their keys choose them; Enter sends the form from it too, once one is chosen (a space
 * opens the list). From a text of a card, Ctrl-Enter does. */
export function sendByEnter() {
  document.addEventListener("keydown", (event) => {
    if (byKey(event)) return;
    const text = /** @type {Element} */ (event.target).closest?.(".card textarea");
    if (text instanceof HTMLTextAreaElement && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      text.form?.requestSubmit(/** @type {HTMLButtonElement} */ (text.form.querySelector("button")));
      return;
    }
    const list = event.target;
    if (event.key !== "Enter" || event.isComposing || !(list instanceof HTMLSelectElement) || !list.value) return;
    const form = list.closest(".sanction");
    if (!(form instanceof HTMLFormElement)) return;
    event.preventDefault();
    form.requestSubmit(/** @type {HTMLButtonElement} */ (form.querySelector("button.primary")));
  });
}
