// @ts-check
// More cards: the next page when this one runs out, and new cards.

import * as cards from "./cards.js";
import { fetchPage } from "./lib/http.js";
import { announce, say } from "./lib/page.js";
import { missing } from "./lib/reach.js";
import { fail, forgive } from "./lib/toast.js";
import { countMatches } from "./live.js";
import { unsettle } from "./settled.js";

const TRIES = 5; // pages without a card that are fetched at once: a search looks at a part of the comments each time

/** @type {Promise<HTMLElement[]> | null} the next page, while it is on its way */
let loading = null;
let owed = 0; // presses for cards that are on their way

/** Whether the card to move to is on its way: until it is there, no key means the one that was left. */
export const isOwed = () => owed > 0;

/** Move to the next card as soon as it is loaded. */
export async function moveOn() {
  if (!document.getElementById("more")) return;
  owed += 1;
  if (owed > 1) return;
  let held = document.activeElement;
  try {
    while (owed && (await loadMore()).length && isFree(held)) {
      payOff();
      held = document.activeElement;
    }
  } finally {
    owed = 0; // whatever happened, keys mean a card again
  }
}

/** Whether the focus is where it was: otherwise the person has begun something else. @param {Element | null} held */
function isFree(held) {
  const now = document.activeElement;
  return now === held || now === document.body || now === document.getElementById("more");
}

/** Forget the cards to move to: the person wants something else. */
export function stay() {
  owed = 0;
}

/** Move for each press, as far as there are cards. */
function payOff() {
  for (let next = cards.near(1); owed && next; next = cards.near(1)) {
    owed -= 1;
    cards.focus(next);
  }
}

/**
 * Append the next page of the queue that has new cards. Does nothing at the end.
 * @param {boolean} [pressed] the person waits for it: the first new card gets the focus
 * @returns {Promise<HTMLElement[]>} the items that were not here yet
 */
export async function loadMore(pressed = false) {
  loading ??= load().finally(() => {
    loading = null;
  });
  const added = await loading;
  if (pressed) arrive(cardOf(added));
  return added;
}

async function load() {
  const held = document.activeElement !== document.body || cards.current();
  /** @type {HTMLElement[]} */
  let added = [];
  for (let next = goOn(), tries = 0; next && !added.length && tries < TRIES; next = goOn(), tries += 1) {
    const link = document.getElementById("more");
    link?.setAttribute("aria-busy", "true");
    const page = await fetchPage(next);
    link?.removeAttribute("aria-busy");
    if (!page) break;
    const none = cards.all().length === 0;
    added = await add(page, append, true);
    takeLink(page);
    // if all cards were decided before the page came, go on at its first
    if (none && !held && !cards.current()) cards.focus(cardOf(added));
  }
  return added;
}

/** Add an item at the end of the list, or where it stands on its page: something after it may be here already.
 * @param {HTMLElement} item
 * @param {HTMLElement | null} before */
function append(item, before) {
  const list = /** @type {HTMLElement} */ (document.getElementById("cards"));
  if (before) cards.steady(() => list.insertBefore(item, before));
  else list.append(item);
}

/** @param {HTMLElement[]} added */
const cardOf = ([first]) => /** @type {HTMLElement | null} */ (first?.querySelector(".card") ?? null);

/** Where the focus goes after Show more: the first new card, or what there is instead. @param {HTMLElement | null} first */
function arrive(first) {
  if (!isFree(document.body)) return;
  if (first) return cards.focus(first, NaN);
  const [more, soFar, empty] = ["more", "so-far", "empty"].map((id) => document.getElementById(id));
  (more ?? empty)?.focus({ preventScroll: true });
  if (more && !soFar) return fail(missing());
  forgive();
  announce((soFar ?? empty)?.textContent?.trim() ?? "");
}

/** The address of the next page of the queue; "" at its end. */
const goOn = () => /** @type {HTMLAnchorElement | null} */ (document.getElementById("more"))?.href ?? "";

/** Replace our link to the next page by that page's. @param {Document} page */
function takeLink(page) {
  const before = document.getElementById("more")?.closest(".more");
  const next = page.getElementById("more")?.closest(".more");
  const focused = before?.contains(document.activeElement);
  if (next) document.getElementById("empty")?.after(document.adoptNode(next));
  before?.remove();
  if (focused) document.getElementById("more")?.focus({ preventScroll: true });
  cards.refresh();
  countMatches();
}

/** Add new cards above the others, and focus the first. */
export async function showFresh() {
  const address = new URL(location.href);
  address.searchParams.delete("after");
  const page = await fetchPage(address.href);
  if (!page) return;
  const before = document.querySelector("#cards > li");
  const added = await add(page, (each) => document.getElementById("cards")?.insertBefore(each, before));
  takeLink(page); // there may be more new cards than fit on a page
  const bar = document.getElementById("fresh");
  if (bar) cards.steady(() => (bar.hidden = true));
  announce(say("js.shown", { count: added.length }));
  if (added[0]) cards.focus(/** @type {HTMLElement} */ (added[0].querySelector(".card")));
}

/**
 * Put comments back where the queue shows them; as far as they are listed on the pages that are shown here.
 * @param {string[]} ids
 * @returns {Promise<HTMLElement | null>} the first one's card
 */
export async function bring(ids) {
  const address = new URL(location.href);
  address.searchParams.delete("after");
  const left = new Set(ids.filter((id) => !document.getElementById(`c-${id}`)));
  const last = document.querySelector("#cards > li:last-of-type");
  /** @type {HTMLElement | null} */
  let after = null;
  let isPast = !last && goOn() !== "";
  for (let next = address.href, tries = 0; left.size && next && tries < TRIES; tries += 1) {
    const page = await fetchPage(next);
    const items = [...(page?.querySelectorAll(/** @type {"li"} */ ("#cards > li")) ?? [])];
    isPast ||= items.some((item) => here(item) === last && last !== null);
    for (const item of items) after = insert(item, left, after);
    next = /** @type {HTMLAnchorElement | null} */ (page?.getElementById("more") ?? null)?.href ?? "";
    // of what this page showed, not all may have been looked at: go on where that ended
    if (page && next && tries === TRIES - 1 && !(isPast && goOn())) takeLink(page);
  }
  cards.refresh();
  const found = ids.map((id) => document.getElementById(`c-${id}`)).filter((each) => each !== null);
  for (const each of found) unsettle(each);
  return found[0] ?? null;
}

/**
 * Insert an item of a fetched page, if it is one of these, after the one that it follows there.
 * @param {HTMLElement} item
 * @param {Set<string>} wanted
 * @param {HTMLElement | null} after the item before it that is on this page
 * @returns {HTMLElement | null} the same for the item below it
 */
function insert(item, wanted, after) {
  const id = cardOf([item])?.dataset.id ?? "";
  if (!wanted.has(id)) return here(item) ?? after;
  wanted.delete(id);
  const list = /** @type {HTMLElement} */ (document.getElementById("cards"));
  cards.steady(() =>
    list.insertBefore(document.adoptNode(item), after ? after.nextElementSibling : list.firstElementChild),
  );
  return item;
}

/** This page's item with the card of a fetched one. @param {HTMLElement} item */
const here = (item) => document.getElementById(`c-${cardOf([item])?.dataset.id}`)?.closest("li") ?? null;

/** The first item after a fetched one that this page has, too. @param {Element} item */
function following(item) {
  let next = item.nextElementSibling;
  while (next instanceof HTMLElement && !here(next)) next = next.nextElementSibling;
  return next instanceof HTMLElement ? here(next) : null;
}

const AT_ONCE = 4; // cards: more would delay key presses

/** Wait until the browser is idle. */
const idle = () =>
  new Promise((done) => ("requestIdleCallback" in window ? requestIdleCallback(done, { timeout: 500 }) : done(null)));

/**
 * @param {Document} page
 * @param {(item: HTMLElement, before: HTMLElement | null) => void} place is told which item here follows it there
 * @param {boolean} [slowly] a few at a time, when idle
 * @returns {Promise<HTMLElement[]>} the cards that were not here yet
 */
async function add(page, place, slowly = false) {
  const known = new Set([...cards.all().map((each) => each.dataset.id), ...cards.away]);
  const added = [];
  for (const each of page.querySelectorAll("#cards > li")) {
    const card = each.querySelector(".card");
    if (!(card instanceof HTMLElement) || known.has(card.dataset.id)) continue;
    if (slowly && added.length % AT_ONCE === 0) await idle();
    const before = following(each);
    const item = /** @type {HTMLElement} */ (document.adoptNode(each));
    place(item, before);
    added.push(item);
  }
  cards.refresh();
  return added;
}
