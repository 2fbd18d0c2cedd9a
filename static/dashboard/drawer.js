// @ts-check
// The drawer beside the queue: the current card's author, and the actions for them.

import { byAuthors, showAnew } from "./anew.js";
import * as cards from "./cards.js";
import { did } from "./doing.js";
import { choiceOf, isTyping } from "./keys.js";
import { fetchPage } from "./lib/http.js";
import { attempt } from "./lib/kept.js";
import { missing } from "./lib/reach.js";
import { stepsOf } from "./lib/steps.js";
import { fail, forgive, tell } from "./lib/toast.js";
import { leave } from "./queue.js";
import { length, opened, reason, showForm } from "./sanction.js";

const drawer = document.getElementById("drawer");
const SOON = 100; // milliseconds: while a key is held down, only the last card's author is fetched

/** @type {HTMLElement | null} the card whose author it shows */
let about = null;
let asked = 0;
let timer = 0;
let isWhole = false; // a sanction's key has opened it with its form: they close together
/** @type {string[] | null} keys for a form that is still loading */
let held = null;

const isOpen = () => drawer !== null && !drawer.hidden;

/**
 * Show a card's author, with the form for this sanction open; without one, close the drawer if it shows them.
 * @param {HTMLElement} card
 * @param {string} [kind]
 */
export function openDrawer(card, kind = "") {
  if (!drawer) return false;
  if (isOpen() && card === about && !kind) return closeDrawer();
  isWhole = kind !== "" && (isWhole || !isOpen());
  cards.mean(card);
  show(true);
  held = kind ? [] : null;
  fill(card, kind).then((came) => {
    const keys = held ?? [];
    held = null;
    if (!came || !drawer) return;
    if (!kind) return drawer.focus({ preventScroll: true });
    showForm(drawer);
    for (const key of keys) press(key);
  });
  return true;
}

/** @param {boolean} open */
function show(open) {
  cards.steady(() => {
    document.body.toggleAttribute("data-drawer", open);
    if (drawer) drawer.hidden = !open;
  });
}

/** Close the form in the drawer, unless it was opened with it. */
export function closeForm() {
  const open = isWhole ? null : opened()?.closest("details");
  if (!open || !drawer?.contains(open)) return false;
  open.open = false;
  drawer.focus({ preventScroll: true });
  return true;
}

/** Close the drawer, and focus its card. */
export function closeDrawer() {
  if (!isOpen()) return false;
  asked += 1;
  isWhole = false;
  held = null;
  show(false);
  drawer?.replaceChildren();
  const card = about?.isConnected ? about : cards.current();
  about = null;
  if (card) cards.mean(card);
  return true;
}

/** Whether the focus is in the drawer. */
export const isInDrawer = () => drawer?.contains(document.activeElement) ?? false;

/** Another card is current: show its author. @param {HTMLElement} card */
export function follow(card) {
  window.clearTimeout(timer);
  if (isOpen() && card !== about && card.closest("#cards"))
    timer = window.setTimeout(() => {
      isWhole = false;
      if (isOpen()) fill(card);
    }, SOON);
}

/**
 * @param {HTMLElement} card
 * @param {string} [kind]
 * @returns {Promise<boolean>} whether it has loaded, and no other was requested meanwhile
 */
async function fill(card, kind = "") {
  if (!drawer) return false;
  const before = about;
  about = card;
  drawer.ariaBusy = "true";
  const link = /** @type {HTMLAnchorElement} */ (card.querySelector("[data-action=open-author]"));
  const given = { comment: card.dataset.id ?? "", back: location.pathname + location.search, do: kind };
  const mine = ++asked;
  const page = await fetchPage(address(link.href, given));
  if (mine !== asked) return false;
  drawer.ariaBusy = null;
  if (!kind && isInDrawer() && isTyping(document.activeElement)) {
    about = before; // somebody writes about the person that it shows
    return false;
  }
  const person = page?.querySelector(".person");
  if (person) {
    drawer.replaceChildren(document.adoptNode(person));
    forgive();
  } else {
    closeDrawer();
    fail(missing());
  }
  drawer.scrollTop = 0;
  return person !== undefined && person !== null;
}

/**
 * The drawer's address for a person's page.
 * @param {string} href
 * @param {Record<string, string>} given
 */
function address(href, given) {
  const url = new URL(href);
  url.pathname += "/drawer";
  for (const [name, value] of Object.entries(given)) url.searchParams.set(name, value);
  return url.href;
}

/** Show other comments by the person: all, waiting, rejected. @param {HTMLElement} link */
export async function showTheirs(link) {
  const mine = asked;
  const page = await fetchPage(address(/** @type {HTMLAnchorElement} */ (link).href, {}));
  if (mine !== asked) return;
  const theirs = page?.querySelector(".theirs");
  if (!theirs) return fail(missing());
  drawer?.querySelector(".theirs")?.replaceWith(document.adoptNode(theirs));
  /** @type {HTMLElement | null} */ (drawer?.querySelector(".theirs [aria-current]") ?? null)?.focus();
}

// Hold keys for a form that is still loading: they must not decide the card.
document.addEventListener(
  "keydown",
  (event) => {
    const key = event.key === "Enter" ? event.key : choiceOf(event);
    if (!held || event.ctrlKey || event.metaKey || event.altKey || !key) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    held.push(key);
  },
  true,
);

/** @param {string} key that was held */
function press(key) {
  const form = drawer?.querySelector(".sanction");
  if (!(form instanceof HTMLFormElement)) return;
  if (key === "Enter") form.requestSubmit(/** @type {HTMLButtonElement} */ (form.querySelector("button.primary")));
  else if (document.activeElement instanceof HTMLSelectElement) reason(document.activeElement, key);
  else length(key);
}

/**
 * Send a sanction from the drawer: comments that it rejects leave the queue, and the next card is current.
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} by
 */
export async function sanction(form, by) {
  const card = about;
  const body = await attempt(form, by, { stay: "1" });
  if (!body || !card) return;
  closeDrawer();
  const gone = cards.all().filter((each) => body.rejected.includes(each.dataset.id));
  const rest = gone.filter((each) => each !== card);
  if (gone.includes(card)) return leave(card, body.sentence, async () => ({ ok: true, status: 200, body }), rest);
  const backs = rest.map(cards.takeAway);
  if (body.undo) did(card, body.sentence, stepsOf(body), () => stay(card, backs), rest);
  else tell(body.sentence);
  cards.focus(cards.near(1, card) ?? card);
  void showAnew(byAuthors([card]));
}

/**
 * After undoing a sanction: put back the cards that it removed, and focus its own.
 * @param {HTMLElement} card
 * @param {(() => void)[]} backs
 */
function stay(card, backs) {
  for (const each of backs.reverse()) each();
  void showAnew(byAuthors([card]));
  return card;
}
