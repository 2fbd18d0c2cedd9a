// @ts-check
// More cards: the next page when this one runs out, and new cards.

import * as cards from "./cards.js";
import { announce, say } from "./lib/page.js";

let loading = false;

/** Append the next page of the queue that has new cards. Does nothing at the end. */
export async function loadMore() {
  const link = document.getElementById("more");
  if (loading || !(link instanceof HTMLAnchorElement)) return;
  loading = true;
  link.setAttribute("aria-busy", "true");
  try {
    const held = document.activeElement !== document.body || cards.current();
    /** @type {HTMLElement[]} */
    let added = [];
    for (let next = link.href; next && !added.length; next = goOn()) {
      const page = await fetchPage(next);
      if (!page) return;
      added = await add(page, (each) => document.getElementById("cards")?.append(each), true);
      takeLink(page);
    }
    // if all cards were decided before the page came, go on at its first
    if (!held && added[0]) cards.focus(/** @type {HTMLElement} */ (added[0].querySelector(".card")));
  } finally {
    loading = false;
    document.getElementById("more")?.removeAttribute("aria-busy");
  }
}

/** The address of the next page of the queue; "" at its end. */
const goOn = () => /** @type {HTMLAnchorElement | null} */ (document.getElementById("more"))?.href ?? "";

/** Replace our link to the next page by that page's. @param {Document} page */
function takeLink(page) {
  const before = document.getElementById("more")?.closest(".more");
  const next = page.getElementById("more")?.closest(".more");
  if (next) document.getElementById("empty")?.after(document.adoptNode(next));
  before?.remove();
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
  if (bar) bar.hidden = true;
  announce(say("js.shown", { count: added.length }));
  if (added[0]) cards.focus(/** @type {HTMLElement} */ (added[0].querySelector(".card")));
}

/**
 * Fetch a page or a part of one; null on failure.
 * @param {string} address
 * @returns {Promise<Document | null>}
 */
export async function fetchPage(address) {
  try {
    const response = await fetch(address, { credentials: "same-origin", redirect: "error" });
    if (!response.ok) return null;
    return new DOMParser().parseFromString(await response.text(), "text/html");
  } catch {
    return null;
  }
}

const AT_ONCE = 4; // cards: more would delay key presses

/** Wait until the browser is idle. */
const idle = () =>
  new Promise((done) => ("requestIdleCallback" in window ? requestIdleCallback(done, { timeout: 500 }) : done(null)));

/**
 * @param {Document} page
 * @param {(item: HTMLElement) => void} place
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
    const item = /** @type {HTMLElement} */ (document.adoptNode(each));
    place(item);
    added.push(item);
  }
  cards.refresh();
  return added;
}
