// @ts-check
// Cards as they are now: fetched from the server, they take the place of what this page shows of them.

import * as cards from "./cards.js";
import { showContext } from "./context.js";
import { fetchPage } from "./lib/http.js";
import { announce } from "./lib/page.js";
import { layPicker } from "./picker.js";
import { isInUse, note, noteInForm, renew, settle, tickOf, unsettle } from "./settled.js";
import { swap } from "./struck.js";

const READ = 800; // milliseconds: a key that was meant for the old text does not decide about the new one

/**
 * Show these comments' cards as they are now. One that is in use stays, and can be decided again: only its text is
 * replaced, if the author has edited it.
 * @param {(string | undefined)[]} ids
 * @param {Record<string, string>} [words] what to say on a card whose text has changed
 */
export async function showAnew(ids, words = {}) {
  const wanted = ids.filter((id) => id && document.getElementById(`c-${id}`));
  if (!wanted.length) return;
  const address = new URL(location.href);
  address.hash = "";
  address.searchParams.delete("after");
  if (document.getElementById("cards")) address.searchParams.set("_cards", wanted.join(","));
  const page = await fetchPage(address.href);
  for (const id of wanted) {
    const [card, now] = [document, page].map((each) => each?.getElementById(`c-${id}`));
    if (!card || !now || card.ariaBusy === "true" || cards.away.has(id ?? "")) continue;
    if (isInUse(card)) goOn(card, now, words[id ?? ""] ?? "");
    else replace(card, now, words[id ?? ""] ?? "");
  }
}

let latest = 0; // of a comment's own page: an answer that is overtaken is old

/**
 * Show a comment's own page as it is now, after something was done there. Nothing is loaded again: keys go on.
 * @param {HTMLElement} card
 * @param {string} [outcome] what was done, for when the page cannot be fetched
 */
export async function showAlone(card, outcome = "") {
  const mine = ++latest;
  const page = await fetchPage(location.href);
  if (mine !== latest) return;
  const now = page?.getElementById(card.id);
  card.ariaBusy = null;
  if (!page || !now) return outcome ? settle(card, outcome) : undefined;
  if (isInUse(card)) goOn(card, now, "");
  else replace(card, now, "");
  swap(page);
}

/** The cards by the authors of these that this page shows. @param {HTMLElement[]} some */
export function byAuthors(some) {
  const authors = new Set(some.map(({ dataset }) => dataset.author));
  return cards.all().flatMap(({ dataset }) => (authors.has(dataset.author) ? [dataset.id] : []));
}

/** What a fetched element holds, for this page. @param {Element | null | undefined} from */
const moved = (from) => [...(from?.childNodes ?? [])].map((each) => document.adoptNode(each));

/** @param {Element} card */
const textOf = (card) => card.querySelector(".said")?.textContent ?? "";

/**
 * Somebody is filling in a form of the card: it stays as it is. A new text is shown and announced; for a moment it has
 * not been read, and the server refuses a decision.
 * @param {HTMLElement} card
 * @param {HTMLElement} now
 * @param {string} sentence
 */
function goOn(card, now, sentence) {
  if (card.classList.contains("settled")) unsettle(card);
  const version = Number(now.dataset.version);
  const waiting = unread.get(card);
  if (textOf(card) !== textOf(now)) show(card, now, sentence);
  else if (waiting) waiting.version = version;
  else renew(card, version);
}

/** What cards show that nobody can have read yet. @type {WeakMap<Element, {version: number}>} */
const unread = new WeakMap();

/** @param {HTMLElement} card @param {HTMLElement} now @param {string} sentence */
function show(card, now, sentence) {
  const [before, after] = [card, now].map((each) => each.querySelector(".reading"));
  cards.steady(() => before?.replaceChildren(...moved(after)));
  note(card, sentence);
  noteInForm(card, sentence);
  layPicker(card); // the form has grown
  announce(sentence);
  const text = { version: Number(now.dataset.version) };
  unread.set(card, text);
  setTimeout(() => {
    if (unread.get(card) !== text) return; // a later one has taken its place
    unread.delete(card);
    renew(card, text.version);
  }, 3 * READ);
}

/**
 * The element stays, and with it the place and the focus.
 * @param {HTMLElement} card
 * @param {HTMLElement} now
 * @param {string} sentence
 */
function replace(card, now, sentence) {
  const isEdited = textOf(card) !== textOf(now);
  const isSaid = sentence !== "" && card.querySelector(".outcome")?.textContent === sentence;
  const held = card.contains(document.activeElement);
  const ticked = tickOf(card)?.checked ?? false;
  unread.delete(card);
  const lifted = !isEdited && card.querySelector(".veil.lifted") !== null;
  cards.steady(() => {
    for (const name of card.getAttributeNames()) if (name.startsWith("data-")) card.removeAttribute(name);
    for (const name of now.getAttributeNames()) card.setAttribute(name, now.getAttribute(name) ?? "");
    card.replaceChildren(...moved(now));
    const tick = tickOf(card);
    if (tick) tick.checked = ticked;
    card.querySelector(".veil")?.classList.toggle("lifted", lifted);
    if (isEdited || isSaid) note(card, sentence);
  });
  if (held) card.focus({ preventScroll: true });
  if (card !== cards.current()) return;
  showContext(card);
  if (isEdited) waitFor(card, sentence);
}

/** @param {HTMLElement} card @param {string} sentence */
function waitFor(card, sentence) {
  announce(sentence);
  card.ariaBusy = "true";
  setTimeout(() => (card.ariaBusy = null), READ);
}
