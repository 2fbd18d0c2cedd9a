// @ts-check
// Waves, waiting comments that are alike: the form that decides on all of them, and the wave's next card.

import * as cards from "./cards.js";
import { showAnew } from "./anew.js";
import { fetchPage } from "./lib/http.js";
import { data, say } from "./lib/page.js";
import { tell } from "./lib/toast.js";
import { opensNothing } from "./pairs.js";
import { closeOthers, layPicker } from "./picker.js";
import { isInUse } from "./settled.js";

/** @param {HTMLElement} card */
export const waveOf = (card) => /** @type {HTMLDetailsElement | null} */ (card.querySelector("details.wave"));

/** Open the form; its numbers can be pressed at once. @param {HTMLElement} card */
export function openWave(card) {
  const wave = waveOf(card);
  if (!wave) {
    tell(opensNothing(say("js.no_wave")));
    return true;
  }
  wave.open = true;
  closeOthers(wave);
  layPicker(card);
  const reason = wave.querySelector("[name=reason]");
  if (reason instanceof HTMLElement) reason.focus({ preventScroll: true });
  return true;
}

/**
 * Preview rejecting all of them for the reason of this key, when the form is open.
 * @param {HTMLElement} card
 * @param {string} key
 */
export function pickWave(card, key) {
  const wave = waveOf(card);
  const choice = wave?.open ? wave.querySelector(`[data-key="${key}"]`) : null;
  const reject = wave?.querySelector("[name=action][value=reject]");
  if (!(choice instanceof HTMLInputElement) || !(reject instanceof HTMLButtonElement)) return false;
  choice.checked = true;
  choice.form?.requestSubmit(reject);
  return true;
}

/** Whether this page shows a wave as one card: in what is pending, but not in the list of one of them. */
const isFolded = () => {
  const chosen = new URLSearchParams(location.search);
  return data.queue === "pending" && !chosen.has("like") && !chosen.has("network");
};

/** How many comments a card stands for. @param {HTMLElement} card */
export const standsFor = (card) => 1 + (isFolded() ? Number(waveOf(card)?.dataset.more ?? 0) : 0);

const SOON = 100; // milliseconds: while a key is held down, only the last card's wave is fetched
const FRESH = 10000; // milliseconds for which it is not fetched again

/** The comments of waves, as last fetched. @type {Map<string, {items: Element[], at: number}>} */
const fetched = new Map();
/** @type {Set<string>} IDs of comments that were decided here: they may have been fetched before */
const gone = new Set();
let timer = 0;

/** Fetch the rest of a card's wave, so that its next comment can take the card's place at once.
 * @param {HTMLElement | null} card */
function foresee(card) {
  const [wave, like] = [card?.dataset.wave, card && waveOf(card)?.dataset.like];
  window.clearTimeout(timer);
  if (!wave || !like || Date.now() - (fetched.get(wave)?.at ?? 0) < FRESH) return;
  timer = window.setTimeout(async () => {
    const page = await fetchPage(like);
    if (page) fetched.set(wave, { items: [...page.querySelectorAll("#cards > li")], at: Date.now() });
  }, SOON);
}

/** @param {Element} place */
const cardOf = (place) => /** @type {HTMLElement | null} */ (place.querySelector(".card"));

/** The first of these that this page has not shown yet, ready for it. @param {Element[]} items */
function next(items) {
  const isNew = (/** @type {string} */ id) =>
    !cards.away.has(id) && !gone.has(id) && !document.getElementById(`c-${id}`);
  const found = items.find((each) => isNew(cardOf(each)?.dataset.id ?? ""));
  for (const link of found?.querySelectorAll("a") ?? []) link.href = withoutWave(link.href);
  return found ? document.adoptNode(found) : null;
}

/**
 * A wave's card is decided alone: its next comment takes the place, if it has been fetched.
 * @param {HTMLElement} card
 */
export function takeOver(card) {
  if (!isFolded() || !card.dataset.wave || !card.closest("#cards")) return;
  gone.add(card.dataset.id ?? "");
  const found = next(fetched.get(card.dataset.wave)?.items ?? []);
  if (found) cards.item(card).after(found);
}

/** Cards that are back stand for their waves again: those that took their places leave. @param {HTMLElement[]} back */
export function foldAgain(back) {
  if (!isFolded()) return;
  for (const { dataset } of back) {
    gone.delete(dataset.id ?? "");
    const isSame = (/** @type {HTMLElement} */ each) => each.dataset.wave === dataset.wave && !back.includes(each);
    if (dataset.wave) for (const each of cards.all().filter(isSame)) if (!isInUse(each)) cards.takeAway(each);
  }
}

const QUIET = 300; // milliseconds without a decision, after which the others of a wave are counted again
const MOST = 25; // cards
let recounting = 0;
/** @type {Set<string | undefined>} */
const changed = new Set();

/**
 * Comments of waves were decided, or are back: other cards of these waves say how many more there are.
 * @param {HTMLElement[]} some their cards; none, if this page does not show which they were
 */
export function recountWaves(some) {
  for (const { dataset } of some.length ? some : cards.all()) if (dataset.wave) changed.add(dataset.wave);
  window.clearTimeout(recounting);
  if (changed.size) recounting = window.setTimeout(recount, QUIET);
}

function recount() {
  const found = cards.all().filter(({ dataset }) => changed.has(dataset.wave));
  changed.clear();
  void showAnew(found.slice(0, MOST).map(({ dataset }) => dataset.id));
}

/** Foresee which card takes a wave's place; if that was not fetched in time, insert it after the current card. */
export function watchWaves() {
  const list = document.getElementById("cards");
  if (!list || !isFolded()) return;
  for (const each of ["focusin", "pointerdown"])
    list.addEventListener(each, ({ target }) => foresee(cards.around(/** @type {Element} */ (target))));
  new MutationObserver((records) => {
    for (const each of records.flatMap((record) => [...record.removedNodes])) {
      const card = each instanceof HTMLElement ? cardOf(each) : null;
      const like = card && waveOf(card)?.dataset.like;
      if (like && !isShown(card)) bringNext(list, card, like);
    }
  }).observe(list, { childList: true });
}

/** Whether another card of its wave is here. @param {HTMLElement} card */
const isShown = ({ dataset }) => cards.all().some((each) => each.dataset.wave === dataset.wave);

/**
 * @param {HTMLElement} list
 * @param {HTMLElement} card
 * @param {string} address of the page with the wave's waiting comments
 */
async function bringNext(list, card, address) {
  const page = await fetchPage(address);
  if (isShown(card)) return; // the decision was undone meanwhile
  const found = next([...(page?.querySelectorAll("#cards > li") ?? [])]);
  if (!found) return;
  const current = cards.current();
  const isLast = !current && document.activeElement?.matches("body, #empty");
  list.insertBefore(found, current ? cards.item(current).nextElementSibling : list.firstElementChild);
  if (isLast) cards.focus(cardOf(found));
  cards.refresh();
}

/** @param {string} address with the wave's filter, as all links on that page have */
function withoutWave(address) {
  const url = new URL(address);
  if (url.searchParams.has("author") || url.searchParams.has("thread")) url.searchParams.delete("like");
  return url.href;
}
