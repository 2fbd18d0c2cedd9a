// @ts-check
// What keys do to the current card.

import { closeConversation, feature, openReply } from "./acts.js";
import { toCase } from "./cases.js";
import { pressClaim } from "./claims.js";
import { openDrawer } from "./drawer.js";
import { openPicker } from "./picker.js";
import { decide, pick } from "./queue.js";
import { lift } from "./reading.js";
import { tick } from "./ticks.js";
import { goTo } from "./going.js";
import { openWave, pickWave } from "./waves.js";

/** @type {Record<string, (card: HTMLElement, key: string) => boolean | void>} */
export const ON_CARD = {
  approve: (card) => toCase(card, "approve") || press(card, ".approve-form", "approve"),
  reject: (card) => toCase(card, "reject") || openPicker(card),
  ban_reject: (card) => openPicker(card, true),
  wave: openWave,
  reply: openReply,
  feature,
  close_thread: (card) => card.matches("[data-thread]") && closeConversation(card),
  tick: (card, range) => tick(card, range === "range"),
  choice: (card, key) => pickWave(card, key) || pick(card, key),
  lift,
  claim: (card) => toCase(card, "claim") || pressClaim(card),
  precedents: (card) => click(card, ".precedents > summary"),
  open: (card) => click(card, "[data-action=open-comment]"),
  article: (card) => click(card, "[data-action=open-article]"),
  author: (card) => toAuthor(card, ""),
  same_author: (card) => click(card, "[data-action=same-author]"),
  same_article: (card) => click(card, "[data-action=same-article]"),
};
for (const kind of ["warn", "suspend", "ban", "premoderate", "trust"]) ON_CARD[kind] = (card) => toAuthor(card, kind);

/**
 * @param {HTMLElement} card
 * @param {string} selector
 * @param {"approve" | "reject"} action
 */
function press(card, selector, action) {
  const form = card.querySelector(selector);
  if (!(form instanceof HTMLFormElement)) return false;
  decide(card, form, action);
  return true;
}

/**
 * @param {ParentNode} place
 * @param {string} selector
 */
export function click(place, selector) {
  const link = place.querySelector(selector);
  if (!(link instanceof HTMLElement)) return false;
  link.click();
  return true;
}

/**
 * Show the author, with the form for this sanction open: in the drawer of a queue, otherwise on their page, which
 * leads back here.
 * @param {HTMLElement} card
 * @param {string} kind
 */
function toAuthor(card, kind) {
  if (openDrawer(card, kind)) return true;
  const link = card.querySelector("[data-action=open-author]");
  if (!(link instanceof HTMLAnchorElement)) return false;
  const address = new URL(link.href);
  if (kind) {
    address.searchParams.set("do", kind);
    address.searchParams.set("back", location.pathname + location.search);
  }
  goTo(address.href);
  return true;
}
