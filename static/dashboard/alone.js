// @ts-check
// A comment's own page: what its buttons do is shown in place, so that Back leads to where one was.

import * as cards from "./cards.js";
import { showAlone } from "./anew.js";
import { post } from "./lib/http.js";
import { announce } from "./lib/page.js";
import { stepsOf } from "./lib/steps.js";
import { toast } from "./lib/toast.js";
import { closeConversation } from "./acts.js";
import { complain } from "./queue.js";
import { did, forgetStep, idsOf, onTheWay } from "./undo.js";

/** Whether this is a form of the page around the card: pin, feature, claim, assign, undo. @param {HTMLFormElement} form */
export const isAround = (form) => form.matches("main > .card ~ section form[method=post]:not([data-kept])");

/** Close the conversation, or open it again, as the key does. @param {HTMLFormElement} form */
export function closesHere(form) {
  const card = cards.alone();
  return card && form.dataset.closes ? closeConversation(card, form.dataset.closes === "true") : false;
}

/** @param {HTMLFormElement} form @param {HTMLElement | null} by the button that was pressed */
export async function actAround(form, by) {
  const card = cards.alone();
  if (!card || form.ariaBusy === "true") return;
  form.ariaBusy = "true";
  const address = form.getAttribute("action") ?? "";
  const ask = () => post(address, new FormData(form, by), { keepalive: true });
  const answer = await onTheWay(idsOf([card]), ask);
  form.ariaBusy = null;
  if (!answer.ok) return complain(answer);
  const { id, sentence } = answer.body;
  if (id) return did(card, sentence, stepsOf(answer.body));
  forgetStep(address); // it may be what undoes an act
  toast(sentence);
  announce(sentence);
  void showAlone(card);
}
