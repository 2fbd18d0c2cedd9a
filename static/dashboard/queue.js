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
 * @typedef {{id: string, card: HTMLElement, back: () => void, until: number, from: string}} Done
 * @type {Done[]}
 */
const done = [];

const AHEAD = 12; // cards left when the next page is fetched: nobody decides as many while it comes

/**
 * Approve or reject with what the card's form holds.
 * @param {HTMLElement} card
 * @param {HTMLFormElement} form
 * @param {"approve" | "reject"} action
 */
export async function decide(card, form, action) {
  if (card.ariaBusy === "true" || card.classList.contains("settled")) return;
  if (!form.reportValidity()) return;
  if (!document.getElementById("cards")) {
    form.requestSubmit(/** @type {HTMLButtonElement} */ (form.querySelector("button[name=action]")));
    return;
  }
  const fields = new FormData(form);
  fields.set("action", action);
  card.ariaBusy = "true";
  cards.mean(cards.near(1, card) ?? cards.near(-1, card));
  // not form.action: that is the button of this name
  const answer = await post(form.getAttribute("action") ?? "", fields);
  card.ariaBusy = null;
  if (answer.ok) return decided(card, answer.body);
  if (answer.status === 409) {
    cards.settle(card, answer.body.detail);
    announce(answer.body.detail);
    return;
  }
  cards.focus(card);
  const problem = answer.body.errors?.[0]?.detail ?? answer.body.detail ?? say("js.failed");
  toast(problem);
  announce(problem);
}

/**
 * @param {HTMLElement} card
 * @param {any} body
 */
function decided(card, body) {
  const stood = closePicker(card) ? opened.get(card) : undefined;
  const back = cards.takeOut(card, stood);
  const until = Date.now() + body.undo_seconds * 1000;
  while (done.length && done[0].until <= Date.now()) done.shift(); // or a day's cards would be kept
  done.push({ id: body.id, card, back, until, from: data.queue });
  const left = count(data.queue, -1);
  offerUndo(body.sentence);
  const rest = left === null ? "" : say("js.left", { count: left });
  announce(`${body.sentence} ${rest}`);
  if (cards.all().length < AHEAD) loadMore();
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

/** @type {WeakMap<HTMLElement, number>} where a card stood when its picker opened, which moves the page */
const opened = new WeakMap();

/**
 * Open the reason picker; its numbers can be pressed at once.
 * @param {HTMLElement} card
 */
export function openPicker(card) {
  const picker = card.querySelector("details.reject");
  if (!(picker instanceof HTMLDetailsElement)) return;
  opened.set(card, card.getBoundingClientRect().top);
  picker.open = true;
  const first = picker.querySelector("input[type=radio]");
  if (first instanceof HTMLElement) first.focus();
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
 * Reject with the reason of this key, when the picker is open.
 * @param {HTMLElement} card
 * @param {string} key
 */
export function pick(card, key) {
  const picker = card.querySelector("details.reject");
  if (!(picker instanceof HTMLDetailsElement) || !picker.open) return false;
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
