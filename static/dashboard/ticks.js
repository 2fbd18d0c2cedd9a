// @ts-check
// Selecting cards for a bulk action: one by one, or all from the last one to this.

import * as cards from "./cards.js";
import { number } from "./lib/page.js";

/** @type {HTMLElement | null} the card that was ticked last */
let from = null;

/** @param {HTMLElement} card */
const box = (card) => /** @type {HTMLInputElement | null} */ (card.querySelector("input.tick"));

/**
 * Select a card or deselect it; with `range`, all cards from the last one to this.
 * @param {HTMLElement} card
 * @param {boolean} range
 */
export function tick(card, range) {
  const own = box(card);
  if (!own) return false;
  own.checked = range || !own.checked;
  ticked(card, range);
  return true;
}

/**
 * A card's box has just been ticked or unticked.
 * @param {HTMLElement} card
 * @param {boolean} range
 */
export function ticked(card, range) {
  const all = cards.all();
  const [a, b] = [from ? all.indexOf(from) : -1, all.indexOf(card)].sort((one, other) => one - other);
  if (range && a >= 0) {
    for (const each of all.slice(a, b + 1)) {
      const other = box(each);
      if (other) other.checked = box(card)?.checked ?? false;
    }
  }
  from = card;
  countTicks();
}

/** Show beside the bulk actions how many are selected. */
export function countTicks() {
  const place = document.getElementById("ticked");
  if (!place) return;
  const many = cards.all().filter((card) => box(card)?.checked).length;
  place.hidden = many === 0;
  place.textContent = number(many);
}

/** Open the bulk actions at their first field. */
export function openBulk() {
  const place = document.querySelector("details.many");
  const first = place?.querySelector("select");
  if (!(place instanceof HTMLDetailsElement) || !first) return false;
  document.body.setAttribute("data-tools", "");
  place.open = true;
  first.focus({ preventScroll: true });
  scrollTo({ top: 0, behavior: "instant" });
  return true;
}
