// @ts-check
// One card at a time: the conversation around it and its author's other comments, fetched one card ahead.

import * as cards from "./cards.js";
import { fetchPage } from "./pages.js";

/** Where the dashboard is, wherever everything is. */
const place = new URL("../../../dashboard/", import.meta.url);

/** Show a card's surroundings where one card is shown at a time, and have the next one's ready. @param {HTMLElement} card */
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
  const page = await fetchPage(`${place}comments/${card.dataset.id}/context`);
  const [conversation, history] = [".conversation", ".history"].map((each) => page?.querySelector(each));
  if (conversation && history) {
    card.querySelector(".acts")?.before(document.adoptNode(conversation));
    card.querySelector(".why")?.append(document.adoptNode(history));
  } else delete card.dataset.context; // asked again when the card is next meant
}
