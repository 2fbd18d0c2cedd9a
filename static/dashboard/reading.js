// @ts-check
// What a card hides of a text: all of it, if it is severe, and what is between its beginning and its marked places.

import * as cards from "./cards.js";

/**
 * Show what is hidden of a text, one step each time: what is blurred, then the whole of a long text; then hide it again.
 * @param {Element | null} place a card, or another place with a blurred text
 */
export function lift(place) {
  if (!(place instanceof HTMLElement)) return false;
  const veil = place.matches(".veil") ? place : place.querySelector(".veil");
  const fold = foldOf(place);
  if (!veil && !fold) return false;
  if (veil && fold && veil.contains(fold) && veil.classList.contains("lifted")) {
    if (!isWhole(fold)) return unfold(place);
    unfold(place);
  } else if (!veil) return unfold(place);
  veil?.classList.toggle("lifted");
  if (!place.contains(document.activeElement) || document.activeElement?.matches(".lift")) place.focus();
  return true;
}

/** The button for the whole text. @param {Element} place @returns {HTMLElement | null} */
const foldOf = (place) => place.querySelector("[data-action=unfold]");

/** @param {HTMLElement} button */
const isWhole = (button) => button.ariaExpanded === "true";

/** Show the whole of a long text, or only its beginning and its marked places. @param {Element | null} place */
export function unfold(place) {
  const button = place && foldOf(place);
  if (!button || !(place instanceof HTMLElement)) return false;
  const whole = !isWhole(button);
  button.ariaExpanded = String(whole);
  button.parentElement?.classList.toggle("whole", whole);
  if (document.activeElement === button || !place.contains(document.activeElement))
    place.focus({ preventScroll: true });
  if (!whole && place.getBoundingClientRect().top < 0) cards.focus(cards.around(place), NaN);
  return true;
}
