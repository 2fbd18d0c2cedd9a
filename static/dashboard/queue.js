// @ts-check
// Deciding: approve, reject, undo, by key, tap or button. Works on the queue and on a comment's page.

import * as cards from "./cards.js";
import { count } from "./live.js";
import { post } from "./lib/http.js";
import { announce, data, say } from "./lib/page.js";
import { clear, tell, toast } from "./lib/toast.js";
import { loadMore } from "./pages.js";
import { close, tickBan } from "./picker.js";
import { sayPosition } from "./single.js";
import { countTicks } from "./ticks.js";

/**
 * @typedef {import("./lib/http.js").Answer} Answer
 * What was done: the cards it took away, how to put them back, and how to undo it.
 * @typedef {{gone: HTMLElement[], back: () => void, takeBack: () => Promise<Answer>, until: number,
 *   sent: Promise<boolean>}} Done
 * @type {Done[]}
 */
const done = [];

const AHEAD = 20; // cards left when the next page is fetched: nobody decides as many while it comes

/**
 * Approve or reject with what the card's form holds. The next card does not wait for the server; if that
 * refuses, the card comes back.
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
  // not form.action: that is the button of this name
  return post(address ?? form.getAttribute("action") ?? "", fields, { keepalive: true });
}

/** The other comments by a card's author that are waiting here. @param {HTMLElement} card */
function othersBy(card) {
  const { author, site } = card.dataset;
  const mine = (/** @type {HTMLElement} */ { dataset }) => dataset.author === author && dataset.site === site;
  return cards.all().filter((each) => each !== card && mine(each) && each.dataset.status === "pending");
}

/**
 * Take the card away, and others with it, and send what was decided.
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

/** This many more are waiting here, or fewer. @param {number} by */
function recount(by) {
  const left = count(data.queue, by);
  sayPosition();
  return left;
}

/** @param {Done} each */
function keep(each) {
  while (done.length && done[0].until <= Date.now()) done.shift(); // or a day's cards would be kept
  done.push(each);
}

/**
 * @param {Done} each
 * @param {() => Promise<Answer>} ask
 * @returns {Promise<boolean>} whether it was decided
 */
async function answered(each, ask) {
  const ids = each.gone.map((card) => card.dataset.id ?? "");
  for (const id of ids) cards.away.add(id);
  const answer = await ask();
  for (const id of ids) cards.away.delete(id);
  for (const card of each.gone) card.ariaBusy = null;
  if (!answer.ok) {
    refused(each, answer);
    return false;
  }
  each.takeBack = answer.body.takeBack ?? (() => takeBack(answer.body));
  each.until = Date.now() + answer.body.undo_seconds * 1000;
  const left = recount(0);
  if (done.at(-1) === each) offerUndo(answer.body.sentence);
  announce(`${answer.body.sentence} ${left === null ? "" : say("js.left", { count: left })}`);
  return true;
}

/**
 * Undo a decision on the server.
 * @param {{id: string, undo?: string}} decided
 */
export const takeBack = ({ id, undo: address }) =>
  post(address ?? data.undo.replace("_ID_", id), new URLSearchParams({ [data.csrf.name]: data.csrf.value }));

/**
 * Put the cards back, with what became of the one that was decided or with what went wrong.
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

/** Say what went wrong. @param {Answer} answer */
export function complain(answer) {
  tell(problem(answer));
}

/**
 * Something was done that took no card away.
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

/** Where keys go: a form in the drawer, an open list of a card, or the cards themselves. */
const place = () => {
  const form = document.activeElement?.closest("#drawer, details[open] .picker, .reply-form");
  return form ?? (document.body.hasAttribute("data-drawer") ? "drawer" : "cards");
};

/** Take back the newest decision that can still be taken back; before the first, what a form did. */
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
  if (!(await newest.sent)) return; // it came back by itself
  const answer = await newest.takeBack();
  if (!answer.ok) return complain(answer);
  const moved = place() !== before; // to a drawer or a list: what is typed there must not mean a card
  clear();
  for (const card of newest.gone) {
    card.classList.remove("settled");
    renew(card, answer.body.versions?.[card.dataset.id ?? ""] ?? answer.body.version);
  }
  const stood = cards.stands();
  newest.back();
  if (!moved) cards.focus(newest.gone[0], stood);
  const left = recount(newest.gone.length);
  const rest = left === null || !newest.gone.length ? "" : say("js.left", { count: left });
  announce(`${answer.body.sentence ?? ""} ${rest}`);
}

/**
 * The card is seen as this version now.
 * @param {HTMLElement} card
 * @param {number} version
 */
export function renew(card, version) {
  card.dataset.version = String(version);
  for (const each of card.querySelectorAll("[name=seen_version]")) {
    /** @type {HTMLInputElement} */ (each).value = String(version);
  }
}

/** Press the Undo button of the page itself, once, and say whether there is one. */
function press() {
  const form = document.querySelector(".undo-form");
  if (!(form instanceof HTMLFormElement)) return false;
  if (form.ariaBusy !== "true") form.requestSubmit();
  form.ariaBusy = "true";
  return true;
}

/**
 * Reject with the reason of this key: at once in a queue, else when the picker is open.
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
