// @ts-check
// Claims of cards: claiming one, releasing it.

import { alone } from "./cards.js";
import { post } from "./lib/http.js";
import { announce } from "./lib/page.js";
import { say, take } from "./pill.js";
import { complain, isDone } from "./queue.js";

/** Press the card's button for claiming it. @param {HTMLElement} card */
export function pressClaim(card) {
  const form = (card === alone() ? document : card).querySelector(".claim-form");
  if (!(form instanceof HTMLFormElement) || isDone(card)) return false;
  form.requestSubmit(form.querySelector("button"));
  return true;
}

/**
 * @param {HTMLElement} card
 * @param {HTMLFormElement} form
 */
export async function claim(card, form) {
  const button = form.querySelector("button");
  if (!button || form.ariaBusy === "true") return;
  form.ariaBusy = "true";
  const fields = new FormData(form);
  fields.set("do", button.value);
  const answer = await post(form.getAttribute("action") ?? "", fields);
  form.ariaBusy = null;
  if (!answer.ok) return complain(answer);
  const { mark, sentence } = answer.body;
  say(card, mark?.words ?? "", Boolean(mark?.mine));
  take(card, mark?.mine, mark?.claimed);
  announce(sentence);
}
