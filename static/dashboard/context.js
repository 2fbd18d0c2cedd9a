// @ts-check
// One card at a time: the conversation around it and its author's other comments, fetched for the next card, too.

import * as cards from "./cards.js";
import { fetchPage } from "./lib/http.js";
import { ours } from "./lib/page.js";

/** Show a card's context if one card is shown at a time, and prefetch the next one's. @param {HTMLElement} card */
export async function showContext(card) {
  if (!document.body.hasAttribute("data-single") || !document.getElementById("cards")) return;
  await fill(card);
  const next = cards.near(1, card);
  if (next) await fill(next);
}

/** @param {HTMLElement} card */
async function fill(card) {
  if (card.dataset.context !== undefined) return;
  card.dataset.context = "";
  const page = await fetchPage(ours(`/dashboard/comments/${card.dataset.id}/context`));
  const [conversation, history] = [".conversation", ".history"].map((each) => page?.querySelector(each));
  if (conversation && history) {
    card.querySelector(".acts")?.before(document.adoptNode(conversation));
    card.querySelector(".why")?.append(document.adoptNode(history));
  } else delete card.dataset.context; // fetched again when the card is next current
}
