// @ts-check
// What becomes of cards by acts that were not done on this page, as a poll says.

import { showAnew } from "./anew.js";
import * as cards from "./cards.js";
import { announce, data } from "./lib/page.js";
import { isInUse, settle } from "./settled.js";

/** The card of a comment, unless it is being decided here. @param {string} id */
function cardOf(id) {
  const card = document.getElementById(`c-${id}`);
  return card && card.ariaBusy !== "true" ? card : null;
}

/**
 * Say on cards what others have decided.
 * @param {Record<string, string>} sentences
 * @returns {number} how many were not known to be decided: cards refused on this page are already subtracted
 */
export function settleHere(sentences) {
  let fresh = 0;
  for (const [id, sentence] of Object.entries(sentences)) {
    const card = cardOf(id);
    const isKnown = card?.classList.contains("settled");
    if (!card || (isKnown && card.querySelector(".outcome")?.textContent === sentence)) continue;
    fresh += isKnown ? 0 : 1;
    settle(card, sentence);
    announce(sentence);
  }
  return fresh;
}

/**
 * What this person has decided elsewhere leaves a queue of what waits, as what they decide here does.
 * @param {string[]} ids
 * @returns {number} how many have left
 */
export function leave(ids) {
  const own = ids.map(cardOf).filter((each) => each !== null);
  if (!WAITS.includes(data.queue)) {
    void showAnew(ids);
    return 0;
  }
  const gone = own.filter((each) => each.closest("#cards") && !isInUse(each));
  for (const card of gone) {
    if (card === cards.current()) cards.takeOut(card, cards.beside(card));
    else cards.takeAway(card);
  }
  cards.refresh();
  return gone.length;
}

const WAITS = ["pending", "reported", "unreviewed"];

/**
 * Cards that are no longer as they were, but can be decided: show them as they are.
 * @param {Record<string, string>} sentences for those whose text has changed
 * @returns {number} how many were known to be decided
 */
export function revive(sentences) {
  void showAnew(Object.keys(sentences), sentences);
  return Object.keys(sentences).filter((id) => cardOf(id)?.classList.contains("settled")).length;
}
