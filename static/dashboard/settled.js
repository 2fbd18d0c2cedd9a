// @ts-check
// What is written on a card: what others have decided on it, a note, the version that its forms were made for.

import { isTyping } from "./keys.js";

/**
 * Write a decision made elsewhere into a card; it can no longer be decided here. A form in which something has been
 * typed stays open with the text, which can be copied; nothing that is typed in it becomes a command.
 * @param {HTMLElement} card
 * @param {string} sentence
 */
export function settle(card, sentence) {
  const form = openForm(card);
  const typing = document.activeElement?.matches("textarea") && form?.contains(document.activeElement);
  const held = card.contains(document.activeElement);
  card.classList.add("settled");
  for (const each of card.querySelectorAll(/** @type {"p"} */ (".outcome, .late"))) each.textContent = sentence;
  if (form && (typing || holdsText(form))) freeze(card, form, sentence);
  if (held && !typing) card.focus({ preventScroll: true });
}

/** @param {HTMLElement} card */
const openForm = (card) =>
  card.querySelector(
    /** @type {"form"} */ ("details[open] :is(form:has(.picker), form.picker), .reply-form:not([hidden])"),
  );

/** @param {HTMLElement} form */
const holdsText = (form) => [...form.querySelectorAll("textarea")].some((each) => each.value.trim());

/** Whether a form is open on the card, or the focus is in a field of it. @param {HTMLElement} card */
export const isInUse = (card) =>
  openForm(card) !== null || (card.contains(document.activeElement) && isTyping(document.activeElement));

/** Say in the form that is open on a card what a line of the card says, which the form may cover.
 * @param {HTMLElement} card @param {string} sentence */
export function noteInForm(card, sentence) {
  const form = openForm(card);
  if (form) warn(form, sentence);
}

/** Say something on a card that can be decided. @param {HTMLElement} card @param {string} sentence */
export function note(card, sentence) {
  const place = card.querySelector(".outcome");
  if (place) place.textContent = sentence;
}

/** The box that selects a card. @param {HTMLElement} card @returns {HTMLInputElement | null} */
export const tickOf = (card) => card.querySelector("input.tick");

/**
 * Set the version of the comment that the card shows, wherever the card holds it.
 * @param {HTMLElement} card
 * @param {number} version
 */
export function renew(card, version) {
  card.dataset.version = String(version);
  for (const each of card.querySelectorAll("[name=seen_version]")) {
    /** @type {HTMLInputElement} */ (each).value = String(version);
  }
  const tick = tickOf(card);
  if (tick) tick.value = `${card.dataset.id}:${version}`;
}

/**
 * @param {HTMLElement} card
 * @param {HTMLElement} form
 * @param {string} sentence
 */
function freeze(card, form, sentence) {
  card.classList.add("writing");
  for (const each of form.querySelectorAll("textarea")) each.readOnly = true;
  for (const each of form.querySelectorAll(/** @type {"input"} */ (FROZEN))) each.disabled = true;
  warn(form, sentence);
}

/** @param {HTMLElement} form @param {string} sentence */
function warn(form, sentence) {
  const before = form.querySelector(".late");
  if (before) before.textContent = sentence;
  if (before) return;
  const late = document.createElement("p");
  late.className = "notice warn late";
  late.textContent = sentence;
  const box = /** @type {HTMLElement} */ (form.querySelector(".picker") ?? form);
  box.prepend(late);
  const over = box.getBoundingClientRect().bottom - (innerHeight - 16);
  const top = parseFloat(box.style.getPropertyValue("--top"));
  if (over > 0 && top) box.style.setProperty("--top", `${top - over}px`);
}

// A key typed into a form that has just frozen scrolls nothing.
document.addEventListener("keydown", (event) => {
  const { target, key } = event;
  if (!(target instanceof HTMLTextAreaElement) || !target.readOnly || !target.closest(".writing")) return;
  if (SCROLLING.includes(key) && !event.ctrlKey && !event.metaKey) event.preventDefault();
});
const SCROLLING = [" ", "Enter", "PageUp", "PageDown", "Home", "End", "ArrowUp", "ArrowDown"];

const FROZEN = "button:not([data-action]), input:not([type=hidden]), select";

/** The decision made elsewhere is undone: the card can be decided again. @param {HTMLElement} card */
export function unsettle(card) {
  card.classList.remove("settled", "writing");
  note(card, "");
  if (!card.querySelector(".late")) return;
  card.querySelector(".late")?.remove();
  for (const each of card.querySelectorAll("textarea")) each.readOnly = false;
  for (const each of card.querySelectorAll(/** @type {"input"} */ (`form :is(${FROZEN})`))) each.disabled = false;
}
