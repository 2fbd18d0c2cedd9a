// @ts-check
// More cards: the next page when this one runs out, new ones when they have come in.

import * as cards from "./cards.js";
import { announce, say } from "./lib/page.js";

let loading = false;

/** Append the next page of the queue that brings something. Does nothing at the end of it. */
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
    // whoever was faster than the page goes on where it begins
    if (!held && added[0]) cards.focus(/** @type {HTMLElement} */ (added[0].querySelector(".card")));
  } finally {
    loading = false;
    document.getElementById("more")?.removeAttribute("aria-busy");
  }
}

/** Where the queue goes on behind what is shown; "" at its end. */
const goOn = () => /** @type {HTMLAnchorElement | null} */ (document.getElementById("more"))?.href ?? "";

/** The link to what follows that page, in place of ours. @param {Document} page */
function takeLink(page) {
  const before = document.getElementById("more")?.closest(".more");
  const next = page.getElementById("more")?.closest(".more");
  if (next) document.getElementById("empty")?.after(document.adoptNode(next));
  before?.remove();
}

/** Put what has come in since above the rest, without moving the focus. */
export async function showFresh() {
  const address = new URL(location.href);
  address.searchParams.delete("after");
  const page = await fetchPage(address.href);
  if (!page) return;
  const before = document.querySelector("#cards > li");
  const added = await add(page, (each) => document.getElementById("cards")?.insertBefore(each, before));
  takeLink(page); // more may have come than a page holds
  const bar = document.getElementById("fresh");
  if (bar) bar.hidden = true;
  announce(say("js.shown", { count: added.length }));
  if (added[0]) cards.focus(/** @type {HTMLElement} */ (added[0].querySelector(".card")));
}

/**
 * A page, or a piece of one; null where it cannot be had.
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

const AT_ONCE = 4; // cards: more would make a key wait

/** Until the browser has nothing better to do. */
const idle = () =>
  new Promise((done) => ("requestIdleCallback" in window ? requestIdleCallback(done, { timeout: 500 }) : done(null)));

/**
 * @param {Document} page
 * @param {(item: HTMLElement) => void} place
 * @param {boolean} [slowly] some at a time, while nothing else happens
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
