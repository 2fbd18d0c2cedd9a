// @ts-check
// Deciding: approve, reject, undo, by key, tap or button. Works on the queue and on a comment's page.

import * as cards from "./cards.js";
import { count, touch } from "./live.js";
import { post } from "./lib/http.js";
import { announce, data, say } from "./lib/page.js";
import { clear, tell, toast } from "./lib/toast.js";
import { loadMore } from "./pages.js";
import { close, tickBan } from "./picker.js";
import { sayPosition } from "./single.js";
import { countTicks } from "./ticks.js";

/**
 * @typedef {import("./lib/http.js").Answer} Answer
 * An action: the cards that it removed, how to put them back, and how to undo it.
 * @typedef {{gone: HTMLElement[], back: () => void, takeBack: () => Promise<Answer>, until: number,
 *   sent: Promise<boolean>}} Done
 * @type {Done[]}
 */
const done = [];

const AHEAD = 20; // cards left when the next page is fetched: enough until it arrives

/**
 * Approve or reject with the values of the card's form. The next card is current at once; if the server refuses,
 * the card comes back.
 * @param {HTMLElement} card
 * @param {HTMLFormElement} form
 * @param {"approve" | "reject"} action
 */
export function decide(card, form, action) {
  if (isDone(card) || !form.reportValidity()) return;
  if (!document.getElementById("cards")) {
    form.requestSubmit(/** @type {HTMLButtonElement} */ (form.querySelector("button[name=action]")));
    return;
  }
  const ban = form.querySelector("[name=ban]:checked");
  if (ban instanceof HTMLInputElement) leave(card, () => sendForm(form, action, ban.value), othersBy(card));
  else leave(card, () => sendForm(form, action));
}

/** @param {HTMLElement} card */
export const isDone = (card) => card.ariaBusy === "true" || card.classList.contains("settled");

/**
 * @param {HTMLFormElement} form
 * @param {string} action
 * @param {string} [address]
 */
export function sendForm(form, action, address) {
  const fields = new FormData(form);
  fields.set("action", action);
  // not form.action: that is the button with this name
  return post(address ?? form.getAttribute("action") ?? "", fields, { keepalive: true });
}

/** The other comments by a card's author that are waiting here. @param {HTMLElement} card */
function othersBy(card) {
  const { author, site } = card.dataset;
  const mine = (/** @type {HTMLElement} */ { dataset }) => dataset.author === author && dataset.site === site;
  return cards.all().filter((each) => each !== card && mine(each) && each.dataset.status === "pending");
}

/**
 * Remove the card, and others with it, and send the decision.
 * @param {HTMLElement} card
 * @param {() => Promise<Answer>} ask
 * @param {HTMLElement[]} [others]
 */
export function leave(card, ask, others = []) {
  close(card);
  const gone = [card, ...others];
  for (const each of gone) each.ariaBusy = "true";
  const backs = others.map(cards.takeAway);
  backs.push(cards.takeOut(card, cards.near(1, card) ?? cards.near(-1, card)));
  const back = () => {
    for (const each of [...backs].reverse()) each();
  };
  /** @type {Done} */
  const each = { gone, back, takeBack: ask, until: Infinity, sent: Promise.resolve(false) };
  keep(each);
  recount(-gone.length);
  each.sent = answered(each, ask);
  countTicks();
  if (cards.all().length < AHEAD) loadMore();
}

/** Change the number of waiting comments. @param {number} by */
function recount(by) {
  const left = count(data.queue, by);
  sayPosition();
  return left;
}

/** @param {Done} each */
function keep(each) {
  while (done.length && done[0].until <= Date.now()) done.shift(); // otherwise all cards of a day would be kept
  done.push(each);
}

/**
 * @param {Done} each
 * @param {() => Promise<Answer>} ask
 * @returns {Promise<boolean>} whether it was decided
 */
async function answered(each, ask) {
  const answer = await onTheWay(each.gone, ask);
  for (const card of each.gone) card.ariaBusy = null;
  if (!answer.ok) {
    refused(each, answer);
    return false;
  }
  each.takeBack = answer.body.takeBack ?? (() => takeBack(answer.body));
  each.until = Date.now() + answer.body.undo_seconds * 1000;
  touch(each.gone);
  const left = recount(0);
  if (done.at(-1) === each) offerUndo(answer.body.sentence);
  announce(`${answer.body.sentence} ${left === null ? "" : say("js.left", { count: left })}`);
  return true;
}

/**
 * Ask for something that changes where these cards are: until it is answered, no poll's counts are right.
 * @param {HTMLElement[]} gone
 * @param {() => Promise<Answer>} ask
 */
async function onTheWay(gone, ask) {
  const ids = gone.map((card) => card.dataset.id ?? "");
  for (const id of ids) cards.away.add(id);
  const answer = await ask();
  for (const id of ids) cards.away.delete(id);
  return answer;
}

/**
 * Undo a decision on the server.
 * @param {{id: string, undo?: string}} decided
 */
export const takeBack = ({ id, undo: address }) =>
  post(address ?? data.undo.replace("_ID_", id), new URLSearchParams({ [data.csrf.name]: data.csrf.value }));

/**
 * Put the cards back after an error, and show it. If the comment was decided elsewhere (409), its card says so.
 * @param {Done} each
 * @param {Answer} answer
 */
function refused(each, answer) {
  const newest = done.at(-1) === each;
  const [card] = each.gone;
  if (done.includes(each)) done.splice(done.indexOf(each), 1);
  if (answer.body.version) renew(card, answer.body.version);
  const settled = answer.status === 409;
  if (settled) cards.settle(card, problem(answer));
  recount(each.gone.length - (settled ? 1 : 0));
  cards.steady(each.back);
  if (!settled && newest) cards.focus(card);
  complain(answer);
}

/** @param {Answer} answer */
const problem = (answer) => answer.body.errors?.[0]?.detail ?? answer.body.detail ?? say("js.failed");

/** Show what went wrong. @param {Answer} answer */
export function complain(answer) {
  tell(problem(answer));
}

/**
 * Record an action that removed no card, and offer to undo it.
 * @param {HTMLElement} card
 * @param {string} sentence
 * @param {() => Promise<Answer>} takeBack
 * @param {() => void} [back]
 */
export function did(card, sentence, takeBack, back = () => {}) {
  const until = Date.now() + Number(card.dataset.undo) * 1000;
  keep({ gone: [], back, takeBack, until, sent: Promise.resolve(true) });
  offerUndo(sentence);
  announce(sentence);
}

/** @param {string} sentence */
function offerUndo(sentence) {
  const newest = done.at(-1);
  if (newest && newest.until > Date.now()) toast(sentence, { until: newest.until, undo });
  else toast(sentence);
}

/** What keys act on: a form in the drawer, an open list of a card, or the cards themselves. */
const place = () => {
  const form = document.activeElement?.closest("#drawer, details[open] .picker, .reply-form");
  return form ?? (document.body.hasAttribute("data-drawer") ? "drawer" : "cards");
};

/** Undo the latest decision that can still be undone; if there was none, what a form did. */
export async function undo() {
  const decided = done.length > 0;
  while (done.length && /** @type {Done} */ (done.at(-1)).until <= Date.now()) done.pop();
  const newest = done.pop();
  if (!newest) {
    if (!decided && press()) return;
    tell(say("js.nothing_to_undo"));
    return;
  }
  const before = place();
  if (!(await newest.sent)) return; // it was refused, and is back already
  const answer = await onTheWay(newest.gone, newest.takeBack);
  if (!answer.ok) return complain(answer);
  const moved = place() !== before; // the person has opened a drawer or a list: keep the focus there
  clear();
  for (const card of newest.gone) {
    card.classList.remove("settled");
    renew(card, answer.body.versions?.[card.dataset.id ?? ""] ?? answer.body.version);
  }
  const stood = cards.stands();
  newest.back();
  if (!moved) cards.focus(newest.gone[0], stood);
  touch(newest.gone);
  const left = recount(newest.gone.length);
  const rest = left === null || !newest.gone.length ? "" : say("js.left", { count: left });
  announce(`${answer.body.sentence ?? ""} ${rest}`);
}

/**
 * Set the version of the comment that the card shows.
 * @param {HTMLElement} card
 * @param {number} version
 */
export function renew(card, version) {
  card.dataset.version = String(version);
  for (const each of card.querySelectorAll("[name=seen_version]")) {
    /** @type {HTMLInputElement} */ (each).value = String(version);
  }
}

/** Press the page's own Undo button, once. Returns whether there is one. */
function press() {
  const form = document.querySelector(".undo-form");
  if (!(form instanceof HTMLFormElement)) return false;
  if (form.ariaBusy !== "true") form.requestSubmit();
  form.ariaBusy = "true";
  return true;
}

/**
 * Reject with the reason of this key: at once in a queue, elsewhere only when the picker is open.
 * @param {HTMLElement} card
 * @param {string} key
 */
export function pick(card, key) {
  const picker = card.querySelector("details.reject");
  if (!(picker instanceof HTMLDetailsElement)) return false;
  if (!picker.open && !document.getElementById("cards")) return false;
  const choice = picker.querySelector(`input[data-key="${key}"]`);
  const form = picker.querySelector("form");
  if (!(choice instanceof HTMLInputElement) || !form) return false;
  if (!picker.open) tickBan(picker, false);
  choice.checked = true;
  decide(card, form, "reject");
  return true;
}
