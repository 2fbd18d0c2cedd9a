// @ts-check
// Deciding: approve, reject, undo, by key, tap or button. Works on the queue and on a comment's page.

import * as cards from "./cards.js";
import { showContext } from "./context.js";
import { count } from "./live.js";
import { post } from "./lib/http.js";
import { announce, data, number, say } from "./lib/page.js";
import { clear, toast } from "./lib/toast.js";
import { loadMore } from "./pages.js";

/**
 * @typedef {{card: HTMLElement, back: () => void, sent: Promise<boolean>, id: string, until: number}} Done
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
  if (card.ariaBusy === "true" || card.classList.contains("settled")) return;
  if (!form.reportValidity()) return;
  if (!document.getElementById("cards")) {
    form.requestSubmit(/** @type {HTMLButtonElement} */ (form.querySelector("button[name=action]")));
    return;
  }
  const fields = new FormData(form);
  fields.set("action", action);
  // not form.action: that is the button of this name
  leave(card, () => post(form.getAttribute("action") ?? "", fields, { keepalive: true }));
}

/**
 * Take the card away and send what was decided.
 * @param {HTMLElement} card
 * @param {() => Promise<import("./lib/http.js").Answer>} ask
 */
function leave(card, ask) {
  closePicker(card);
  card.ariaBusy = "true";
  const back = cards.takeOut(card, cards.near(1, card) ?? cards.near(-1, card));
  while (done.length && done[0].until <= Date.now()) done.shift(); // or a day's cards would be kept
  const each = { card, back, id: "", until: Infinity, sent: Promise.resolve(false) };
  done.push(each);
  count(data.queue, -1);
  each.sent = answered(each, ask);
  if (cards.all().length < AHEAD) loadMore();
}

/**
 * @param {Done} each
 * @param {() => Promise<import("./lib/http.js").Answer>} ask
 * @returns {Promise<boolean>} whether it was decided
 */
async function answered(each, ask) {
  const { card } = each;
  const id = card.dataset.id ?? "";
  cards.away.add(id);
  const answer = await ask();
  cards.away.delete(id);
  card.ariaBusy = null;
  const newest = done.at(-1) === each;
  if (!answer.ok) {
    refused(each, answer, newest);
    return false;
  }
  each.id = answer.body.id;
  each.until = Date.now() + answer.body.undo_seconds * 1000;
  const left = count(data.queue, 0);
  if (newest) offerUndo(answer.body.sentence);
  announce(`${answer.body.sentence} ${left === null ? "" : say("js.left", { count: left })}`);
  return true;
}

/**
 * Put the card back, with what became of it or with what went wrong.
 * @param {Done} each
 * @param {import("./lib/http.js").Answer} answer
 * @param {boolean} newest whether nothing was decided since
 */
function refused(each, answer, newest) {
  const { card, back } = each;
  if (done.includes(each)) done.splice(done.indexOf(each), 1);
  const words = answer.body.errors?.[0]?.detail ?? answer.body.detail ?? say("js.failed");
  if (answer.status === 409) cards.settle(card, words);
  count(data.queue, answer.status === 409 ? 0 : 1);
  cards.steady(back);
  if (answer.status !== 409 && newest) cards.focus(card);
  toast(words);
  announce(words);
}

/** @param {string} sentence */
function offerUndo(sentence) {
  const newest = done.at(-1);
  if (newest && newest.until > Date.now()) toast(sentence, { until: newest.until, undo });
  else toast(sentence);
}

/** Take back the newest decision that can still be taken back; before the first, what a form did. */
export async function undo() {
  const decided = done.length > 0;
  while (done.length && /** @type {Done} */ (done.at(-1)).until <= Date.now()) done.pop();
  const newest = done.pop();
  if (!newest) {
    if (!decided && press()) return;
    toast(say("js.nothing_to_undo"));
    announce(say("js.nothing_to_undo"));
    return;
  }
  if (!(await newest.sent)) return; // it came back by itself
  const fields = new URLSearchParams({ [data.csrf.name]: data.csrf.value });
  const answer = await post(data.undo.replace("_ID_", newest.id), fields);
  if (!answer.ok) {
    toast(answer.body.detail ?? say("js.failed"));
    announce(answer.body.detail ?? say("js.failed"));
    return;
  }
  clear();
  newest.card.classList.remove("settled");
  newest.card.dataset.version = answer.body.version;
  for (const each of newest.card.querySelectorAll("[name=seen_version]")) {
    /** @type {HTMLInputElement} */ (each).value = answer.body.version;
  }
  newest.back();
  cards.focus(newest.card);
  const left = count(data.queue, 1);
  announce(`${answer.body.sentence} ${left === null ? "" : say("js.left", { count: left })}`);
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
 * Open the reason picker over what follows, where all of it can be seen; its numbers can be pressed at once.
 * @param {HTMLElement} card
 */
export function openPicker(card) {
  const picker = card.querySelector("details.reject");
  if (!(picker instanceof HTMLDetailsElement)) return;
  picker.open = true;
  lay(card, picker);
  const first = picker.querySelector("input[type=radio]");
  if (first instanceof HTMLElement) first.focus({ preventScroll: true });
}

/**
 * Below the buttons if there is room for it, else as low as the window has room.
 * @param {HTMLElement} card
 * @param {HTMLElement} picker
 */
export function lay(card, picker) {
  const box = picker.querySelector(".picker");
  const button = picker.querySelector("summary");
  if (!(box instanceof HTMLElement) || !button) return;
  const { top } = (box.offsetParent ?? card).getBoundingClientRect();
  const below = button.getBoundingClientRect().bottom + 8;
  const highest = parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop);
  const lowest = Math.max(highest, innerHeight - 16 - box.offsetHeight);
  box.style.setProperty("--top", `${Math.min(below, lowest) - top}px`);
}

/**
 * @param {HTMLElement} card
 * @returns {boolean} whether it was open
 */
export function closePicker(card) {
  const picker = card.querySelector("details.reject");
  if (!(picker instanceof HTMLDetailsElement) || !picker.open) return false;
  picker.open = false;
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
  choice.checked = true;
  decide(card, form, "reject");
  return true;
}

/** One card at a time, or all of them. */
export function toggleSingle() {
  const on = document.body.toggleAttribute("data-single");
  const button = document.querySelector("[data-action=single]");
  button?.setAttribute("aria-pressed", String(on));
  const card = cards.current() ?? cards.all()[0];
  if (card) showContext(card);
  cards.focus(card);
  announce(say(on ? "js.single_on" : "js.single_off", { count: number(cards.all().length) }));
}
