// @ts-check
// Coming back to the queue, by Back, by loading it again or by a link that leads back to it: the same card is current,
// where it was in the window.

import * as cards from "./cards.js";
import { loadMore } from "./pages.js";

const KEY = "commentsvc.return";
const LINK = "commentsvc.back"; // the address of the queue that such a link has led to
const MOST = 8; // queues whose place is remembered
const AROUND = 20; // cards after it that are remembered: it may have been decided on meanwhile
const PAGES = 20; // that are loaded at most to come to the card

/** @typedef {{at: string, ids: string[], count: number, top: number}} Place */

/** @returns {Place[]} */
function places() {
  try {
    return JSON.parse(sessionStorage.getItem(KEY) ?? "[]");
  } catch {
    return []; // storage is blocked: the queue begins at its top
  }
}

const here = () => location.pathname + location.search;

/** Remember the current card of the queue. */
function remember() {
  const card = cards.current();
  const all = cards.all();
  const after = card ? all.slice(all.indexOf(card)) : [];
  const others = places().filter(({ at }) => at !== here());
  const ids = after.slice(0, AROUND).map((each) => each.dataset.id ?? "");
  if (ids.length) others.push({ at: here(), ids, count: all.length, top: cards.stands() });
  try {
    sessionStorage.setItem(KEY, JSON.stringify(others.slice(-MOST)));
  } catch {
    // storage is blocked
  }
}

/** Whether the person has not begun anything on this page. */
const isFree = () => !cards.current() && [document.body, document.getElementById("main")].includes(focused());
const focused = () => /** @type {HTMLElement | null} */ (document.activeElement);

/** @param {string} id @returns {HTMLElement | null} */
const find = (id) => document.querySelector(`#cards #c-${CSS.escape(id)}`);

/** Load as many cards as it takes, and make the remembered one current. @param {Place} place */
async function comeBackTo({ ids, count, top }) {
  const [wanted] = ids;
  for (let pages = 0; !find(wanted) && cards.all().length < count && pages < PAGES && isFree(); pages += 1) {
    if (!(await loadMore()).length) break;
  }
  const card = ids.map(find).find((each) => each !== null);
  if (card && isFree()) cards.standAt(card, top);
}

/** Let links back to the queue lead to the one that was left, with its filter and order. */
function leadBack() {
  for (const link of document.querySelectorAll(/** @type {"a"} */ ("a[data-back-to-queue]"))) {
    const place = places()
      .filter(({ at }) => at.split("?")[0] === link.pathname)
      .at(-1);
    if (!place) continue;
    link.href = place.at;
    link.addEventListener("click", () => {
      try {
        sessionStorage.setItem(LINK, place.at);
      } catch {
        // storage is blocked: the queue begins at its top
      }
    });
  }
}

/** Whether such a link has led here. */
function isLedBack() {
  try {
    const at = sessionStorage.getItem(LINK);
    sessionStorage.removeItem(LINK);
    return at === here();
  } catch {
    return false;
  }
}

/** Remember the place when the page is left, and be there again when it is shown again. */
export async function watchPlace() {
  leadBack();
  if (!document.getElementById("cards")) return;
  window.addEventListener("pagehide", remember);
  const [entry] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
  const place = places().find(({ at }) => at === here());
  const led = isLedBack();
  if (!place || !(led || ["back_forward", "reload"].includes(entry?.type)) || !isFree()) return;
  history.scrollRestoration = "manual"; // the browser knows only the cards of the first page
  window.addEventListener("pagehide", () => (history.scrollRestoration = "auto"), { once: true });
  await comeBackTo(place);
}
