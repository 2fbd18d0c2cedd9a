// @ts-check
// Acts on a card that leave it where it is. Each can be undone.

import { showAlone } from "./anew.js";
import * as cards from "./cards.js";
import { announce } from "./lib/page.js";
import { stepsOf } from "./lib/steps.js";
import { fail } from "./lib/toast.js";
import { canUndo, drop, hint, idsOf, keep, offer, onTheWay, problem, recount } from "./undo.js";

/**
 * @typedef {import("./lib/http.js").Answer} Answer
 * @typedef {import("./lib/steps.js").Step} Step
 * @typedef {import("./undo.js").Done} Done
 */

/**
 * Record an act that has been done, and offer to undo it.
 * @param {HTMLElement} card
 * @param {string} sentence
 * @param {Step[]} steps
 * @param {(answer: Answer) => unknown} [back]
 * @param {HTMLElement[]} [gone] other cards that it removed
 */
export function did(card, sentence, steps, back = () => {}, gone = []) {
  /** @type {Done} */
  const each = { gone, ids: idsOf(gone), back, steps, until: end(card), sentence, sent: Promise.resolve(true) };
  keep(each);
  if (gone.length) recount(-gone.length);
  finish(card, each);
}

/** What an answer says that was done, and what undoes it. @param {Answer} answer */
export const outcome = ({ body }) => ({ sentence: body.sentence, steps: stepsOf(body) });

/**
 * Do something that is said at once, and can be undone from now on, which waits for its answer.
 * @param {HTMLElement} card
 * @param {{words: string, ask: () => Promise<Answer>, done?: (answer: Answer) => {sentence?: string, steps: Step[]},
 *   back?: (answer: Answer) => unknown, refused?: (answer: Answer) => void}} act `words` are said until the answer says
 *   others; `done` shows on the card that it was done, and says what undoes it
 * @returns {Promise<boolean>} whether it was done
 */
export function doing(
  card,
  { words, ask, done = outcome, back = () => {}, refused = (answer) => fail(problem(answer)) },
) {
  /** @type {Done} */
  const each = { gone: [], ids: [], back, steps: [], until: Infinity, sentence: words, sent: Promise.resolve(false) };
  keep(each);
  offer();
  each.sent = onTheWay(idsOf([card]), ask).then((answer) => {
    if (!answer.ok) {
      drop(each);
      refused(answer);
      return false;
    }
    Object.assign(each, done(answer), { until: end(card) });
    if (each.steps.length) finish(card, each);
    else nothingToUndo(card, each);
    return true;
  });
  return each.sent;
}

/** Until when it can be undone. @param {HTMLElement} card */
const end = ({ dataset }) => Date.now() + Number(dataset.undo) * 1000;

/** It was so before: somebody else may have done it. @param {HTMLElement} card @param {Done} each */
function nothingToUndo(card, each) {
  drop(each);
  hint(each.sentence);
  if (card === cards.alone()) void showAlone(card);
}

/** @param {HTMLElement} card @param {Done} each */
function finish(card, each) {
  canUndo(each);
  announce(each.sentence);
  if (card === cards.alone()) void showAlone(card, each.gone.includes(card) ? each.sentence : "");
}
