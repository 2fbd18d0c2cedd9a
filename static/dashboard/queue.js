// @ts-check
// Deciding: approve, reject, undo, by key, tap or button. Works on the queue and on a comment's page.

import * as cards from "./cards.js";
import { byAuthors, showAlone, showAnew } from "./anew.js";
import { touch } from "./live.js";
import { post } from "./lib/http.js";
import { announce, say } from "./lib/page.js";
import { stepsOf } from "./lib/steps.js";
import { fail } from "./lib/toast.js";
import { loadMore } from "./pages.js";
import { close, tickBan } from "./picker.js";
import { countTicks } from "./ticks.js";
import { canUndo, drop, idsOf, keep, offer, onTheWay, place, problem, recount } from "./undo.js";
import { note, renew, settle } from "./settled.js";
import { foldAgain, recountWaves, takeOver } from "./waves.js";

/**
 * @typedef {import("./lib/http.js").Answer} Answer
 * @typedef {import("./undo.js").Done} Done
 */

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
  const ban = /** @type {HTMLInputElement | null} */ (form.querySelector("[name=ban]:checked"));
  const ask = () => sendForm(form, action, ban?.value);
  const words = action === "reject" ? rejected(form) : approved(card);
  if (!document.getElementById("cards")) void decideAlone(card, words, ask);
  else leave(card, words, ask, ban ? othersBy(card) : undefined);
}

/** What the answer to an approval says. @param {HTMLElement} card */
export const approved = ({ dataset }) => say(dataset.status === "published" ? "done.keep" : "done.approve");

/** What the answer to a rejection says, if nobody is banned. @param {HTMLFormElement} form */
function rejected(form) {
  const reason = form.querySelector("[name=reason]:checked")?.closest("label")?.querySelector("span");
  return say("done.reject_for", { reason: reason?.textContent?.trim() });
}

/**
 * Decide on a comment's own page.
 * @param {HTMLElement} card
 * @param {string} words what is being done
 * @param {() => Promise<Answer>} ask
 * @returns {Promise<boolean>} whether it was decided
 */
export async function decideAlone(card, words, ask) {
  if (isDone(card)) return false;
  const each = send([card], () => {}, words, ask);
  if (!(await each.sent)) return false;
  card.ariaBusy = "true"; // until it shows what was decided
  void showAlone(card, each.sentence);
  return true;
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
  const own = form.getAttribute("action") ?? ""; // not form.action: that is the button with this name
  return post(address ?? own, fields, { keepalive: true }, own);
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
 * @param {string} words what is being done
 * @param {() => Promise<Answer>} ask
 * @param {HTMLElement[]} [others]
 */
export function leave(card, words, ask, others) {
  close(card);
  if (!others) takeOver(card);
  const gone = [card, ...(others ?? [])];
  const backs = (others ?? []).map(cards.takeAway);
  backs.push(cards.takeOut(card, cards.beside(card)));
  const back = () => {
    for (const each of [...backs].reverse()) each();
  };
  send(gone, back, words, ask);
  recount(-gone.length);
  countTicks();
  if (cards.all().length < AHEAD) loadMore();
}

/**
 * Send a decision, which can be undone from now on.
 * @param {HTMLElement[]} gone
 * @param {() => void} back
 * @param {string} sentence said until the answer says it
 * @param {() => Promise<Answer>} ask
 */
function send(gone, back, sentence, ask) {
  for (const card of gone) card.ariaBusy = "true";
  const ids = idsOf(gone);
  /** @type {Done} */
  const each = { gone, ids, back, steps: [], until: Infinity, sentence, sent: Promise.resolve(false) };
  latest = each;
  keep(each);
  offer();
  each.sent = answered(each, ask);
  return each;
}

/**
 * @param {Done} each
 * @param {() => Promise<Answer>} ask
 * @returns {Promise<boolean>} whether it was decided
 */
async function answered(each, ask) {
  const answer = await onTheWay(each.ids, ask);
  for (const card of each.gone) card.ariaBusy = null;
  if (!answer.ok) {
    refused(each, answer);
    return false;
  }
  each.steps = stepsOf(answer.body);
  each.until = Date.now() + answer.body.undo_seconds * 1000;
  each.sentence = answer.body.sentence;
  touch(each.gone);
  recountWaves(each.gone);
  if (answer.body.rejected) void showAnew(byAuthors(each.gone)); // the author's role is another now
  const left = recount(0);
  canUndo(each);
  announce(`${answer.body.sentence} ${left === null ? "" : say("js.left", { count: left })}`);
  showLost();
  return true;
}

const DECIDED = ["already_decided", "withdrawn"];

/** @type {Done | null} the latest decision here */
let latest = null;
/** @type {HTMLElement[]} cards that were refused since no decision was on its way */
let lost = [];

/**
 * Put the cards back after an error, and show it. If the comment was decided elsewhere, its card says so; if it has
 * changed otherwise, its card shows it as it is now.
 * @param {Done} each
 * @param {Answer} answer
 */
function refused(each, answer) {
  const [card] = each.gone;
  drop(each);
  if (answer.body.version) renew(card, answer.body.version);
  const settled = DECIDED.includes(answer.body.code);
  if (settled) settle(card, problem(answer));
  else lost.push(card);
  recount(each.gone.length - (settled ? 1 : 0));
  cards.steady(() => each.back(answer));
  if (!settled) foldAgain(each.gone);
  if (answer.status === 409 && !settled) void showAnew(idsOf([card]), { [card.dataset.id ?? ""]: problem(answer) });
  else if (!settled) cards.steady(() => note(card, problem(answer))); // until it is decided: the message gives way to the next one
  complain(answer);
  showLost();
}

/** Once all decisions are answered: if the latest was refused, go on at the first card that was. */
function showLost() {
  if (cards.away.size) return;
  const back = lost;
  lost = [];
  if (!latest || !back.includes(latest.gone[0]) || place() !== "cards") return;
  cards.focus(cards.all().find((each) => back.includes(each)));
}

/** Show what went wrong. @param {Answer} answer */
export function complain(answer) {
  fail(problem(answer));
}

/**
 * Reject with the reason of this key, whether the list of reasons is open or not.
 * @param {HTMLElement} card
 * @param {string} key
 */
export function pick(card, key) {
  const picker = card.querySelector("details.reject");
  if (!(picker instanceof HTMLDetailsElement)) return false;
  const choice = picker.querySelector(`input[data-key="${key}"]`);
  const form = picker.querySelector("form");
  if (!(choice instanceof HTMLInputElement) || !form) return false;
  if (!picker.open) tickBan(picker, false);
  choice.checked = true;
  decide(card, form, "reject");
  return true;
}
