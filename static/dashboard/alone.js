// @ts-check
// A comment's own page: what its buttons do is shown in place, so that Back leads to where one was.

import * as cards from "./cards.js";
import { showAlone } from "./anew.js";
import { attempt } from "./lib/kept.js";
import { say } from "./lib/page.js";
import { closeConversation } from "./acts.js";
import { doing } from "./doing.js";
import { forgetStep, hint, idsOf, onTheWay } from "./undo.js";

/** Whether this is a form of the page around the card: about the comment, or about its conversation.
 * @param {HTMLFormElement} form */
export const isAround = (form) => form.matches("main > .card ~ section form[method=post]");

/** Close the conversation, or open it again, as the key does. @param {HTMLFormElement} form */
export function closesHere(form) {
  const card = cards.alone();
  return card && form.dataset.closes ? closeConversation(card, form.dataset.closes === "true") : false;
}

/** @param {HTMLFormElement} form @param {HTMLElement | null} by the button that was pressed */
export async function actAround(form, by) {
  const card = cards.alone();
  if (!card || form.ariaBusy === "true") return;
  const ask = async () => {
    const sent = new FormData(form);
    const body = await attempt(form, by, { stay: "1" });
    if (body) settleFields(form, sent);
    // keys work again: the next may be the one that undoes it
    if (body && document.activeElement?.matches(fieldsOf(form))) card.focus({ preventScroll: true });
    return { ok: body !== null, status: 0, body };
  };
  const words = (by ?? form.querySelector("button"))?.dataset.done;
  if (words) {
    void doing(card, { words: say(`done.${words}`), ask, refused: () => {} });
    return;
  }
  const { ok, body } = await onTheWay(idsOf([card]), ask);
  if (!ok) return;
  forgetStep(form.getAttribute("action") ?? ""); // it may be what undoes an act
  hint(body.sentence);
  void showAlone(card);
}

/** A selector: an earlier answer may have put another form in the place of this one. @param {HTMLFormElement} form */
const fieldsOf = (form) => `form[action="${CSS.escape(form.getAttribute("action") ?? "")}"] input`;

/**
 * What was sent is not something typed that is still to be sent.
 * @param {HTMLFormElement} form
 * @param {FormData} sent
 */
function settleFields(form, sent) {
  for (const each of document.querySelectorAll(/** @type {"input"} */ (fieldsOf(form)))) {
    if (each.value === sent.get(each.name)) each.defaultValue = each.value;
  }
}
