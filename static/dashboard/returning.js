// @ts-check
// Coming back to the queue, by Back, by loading it again, by its key, by a link that leads back to it, after signing in
// or by clearing a filter: the same card is current, where it was in the window.

import * as cards from "./cards.js";
import { data } from "./lib/page.js";
import { keep, kept } from "./lib/place.js";
import { arrival, store, stored } from "./lib/tab.js";
import { loadMore } from "./pages.js";

const KEY = "commentsvc.return";
const MOST = 8; // queues whose place is remembered
const AROUND = 20; // cards after it that are remembered: it may have been decided on meanwhile
const PAGES = 20; // that are loaded at most to come to the card
const FRESH = 30 * 60_000; // milliseconds: after that, whoever opens the queue begins at its top

/** @typedef {{at: string, href: string, ids: string[], count: number, top: number, when: number}} Place */

const places = () => stored(KEY, /** @type {Place[]} */ ([]));

/** What a queue's address shows, however it is written: which queue, of which site, and what else was chosen. */
function here() {
  const chosen = new URLSearchParams(location.search);
  chosen.set("queue", data.queue);
  chosen.set("site", siteOf(data.go?.q ?? "")); // the only site is chosen without being named
  chosen.sort();
  return `${location.pathname}?${chosen}`;
}

/** @param {string} address */
const parsed = (address) => new URL(address, location.href);
/** @param {string} address */
const siteOf = (address) => parsed(address).searchParams.get("site") ?? "";

/** Remember the current card of the queue. */
function remember() {
  const card = cards.current();
  const all = cards.all();
  const after = card ? all.slice(all.indexOf(card)) : [];
  const others = places().filter(({ at }) => at !== here());
  const ids = after.slice(0, AROUND).map((each) => each.dataset.id ?? "");
  if (ids.length)
    others.push({
      at: here(),
      href: location.pathname + location.search,
      ids,
      count: all.length,
      top: cards.stands(),
      when: Date.now(),
    });
  store(KEY, others.slice(-MOST));
}

/** The card that was current when a queue was left last. */
export const leftAt = () => places().at(-1)?.ids[0];

const CURRENT = "commentsvc.current";

/** Remember the current card before its filter is saved. */
export const keepCurrent = () => keep(CURRENT, { path: location.pathname, id: cards.current()?.dataset.id });

/** Make the remembered card current again, or else the first. */
export function comeBack() {
  const before = kept(CURRENT);
  if (before) cards.focus(find(before.id ?? "") ?? cards.all()[0]);
}

/** Whether the person has not begun anything on this page. */
const isFree = () => !cards.current() && [document.body, document.getElementById("main")].includes(focused());
const focused = () => /** @type {HTMLElement | null} */ (document.activeElement);

/** @param {string} id @returns {HTMLElement | null} */
const find = (id) => document.querySelector(`#cards #c-${CSS.escape(id)}`);

/** Load as many cards as it takes, and make the remembered one current.
 * @param {{ids: string[], count: number, top: number}} place */
async function comeBackTo({ ids, count, top }) {
  const [wanted] = ids;
  for (let pages = 0; !find(wanted) && cards.all().length < count && pages < PAGES && isFree(); pages += 1) {
    if (!(await loadMore()).length) break;
  }
  const card = ids.map(find).find((each) => each !== null);
  if (card && isFree()) cards.standAt(card, top);
}

/** Let links back to a queue that is not known lead to the one that was left, with its filter and order. */
function leadBack() {
  for (const link of document.querySelectorAll(/** @type {"a"} */ ("a[data-back-to-queue]"))) {
    const place = places()
      .filter((each) => isFresh(each) && parsed(each.at).pathname === link.pathname)
      .at(-1);
    if (place) link.href = place.href;
  }
}

/** @param {Place} place */
const isFresh = ({ when }) => Date.now() - when < FRESH;

/** Whether this page was opened from a queue: by a tab, the order or a filter, which begin at the top. */
function isChosen() {
  const { origin, pathname } = referrer();
  return origin === location.origin && pathname === location.pathname;
}

const referrer = () => new URL(document.referrer || "about:blank");

/** Whether this page was opened from its queue by clearing a filter, or a part of one. */
function isCleared() {
  if (!isChosen() || arrival() !== "navigate") return false;
  const [now, before] = [new URLSearchParams(location.search), referrer().searchParams];
  const isAsBefore = (/** @type {string} */ name) => now.get(name) === before.get(name);
  const rest = [...before.keys()].filter((name) => !now.has(name));
  return ["queue", "order", ...now.keys()].every(isAsBefore) && rest.some((name) => before.get(name));
}

/** The place to come to when a filter is cleared: the card that was current with it, else the one before it.
 * @param {Place} [place] how the queue was left */
function clearedPlace(place) {
  const { pathname, search } = referrer();
  const narrow = places().find(({ href }) => href === pathname + search);
  const [first] = cards.all().map((each) => each.dataset.id ?? "");
  const before = place && isFresh(place) ? place : undefined;
  const ids = [...(narrow?.ids.slice(0, 1) ?? []), ...(before?.ids ?? []), first];
  return { ids, count: before?.count ?? 0, top: (narrow ?? before)?.top ?? NaN };
}

/** Whether the person comes back to the queue, and does not begin it. @param {Place} place */
function isBack(place) {
  return ["back_forward", "reload"].includes(arrival()) || (isFresh(place) && !isChosen());
}

/**
 * How the queue at this address was left: in its order, with its filter. From a queue, the address itself.
 * @param {string} address
 */
export function lastQueue(address) {
  const { pathname, searchParams } = parsed(address);
  if (document.getElementById("cards") || !searchParams.has("queue")) return address;
  const isLike = (/** @type {URL} */ { pathname: path, searchParams: chosen }) =>
    path === pathname && ["queue", "site"].every((name) => (chosen.get(name) ?? "") === (searchParams.get(name) ?? ""));
  return (
    places()
      .filter((place) => isFresh(place) && isLike(parsed(place.at)))
      .at(-1)?.href ?? address
  );
}

/** Remember the place when the page is left, and be there again when it is shown again. Whether it is. */
export async function watchPlace() {
  leadBack();
  if (!document.getElementById("cards")) return false;
  window.addEventListener("pagehide", remember);
  const place = places().find(({ at }) => at === here());
  const there = isCleared() ? clearedPlace(place) : place && isBack(place) ? place : null;
  if (!there) return false;
  if (!isFree()) return true;
  history.scrollRestoration = "manual"; // the browser knows only the cards of the first page
  window.addEventListener("pagehide", () => (history.scrollRestoration = "auto"), { once: true });
  await comeBackTo(there);
  return true;
}
