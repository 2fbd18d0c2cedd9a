// @ts-check
// Entry point of the dashboard: one delegated listener, keys, live counts.

import { closeConversation, feature, openReply, sendReply } from "./acts.js";
import * as cards from "./cards.js";
import { claim, pressClaim } from "./claims.js";
import { showContext } from "./context.js";
import { closeDrawer, follow, isInDrawer, openDrawer, sanction, showTheirs } from "./drawer.js";
import { copy, follow as followNumber, sayAct } from "./forms.js";
import { keysOn, listen, setKeys } from "./keys.js";
import { send } from "./lib/kept.js";
import { data } from "./lib/page.js";
import { remember, restore, sayMessages } from "./lib/place.js";
import { watch } from "./live.js";
import { isOwed, loadMore, moveOn, showFresh, stay } from "./pages.js";
import { openPalette } from "./palette.js";
import { close, closeOthers, layPicker, openPicker } from "./picker.js";
import { decide, pick, undo } from "./queue.js";
import { comeBack, keepCurrent, length, sayLength, sendByEnter, showForm } from "./sanction.js";
import { sayPosition, toggleSingle } from "./single.js";
import { swipe } from "./swipe.js";
import { openBulk, tick, ticked } from "./ticks.js";
import { openWave, pickWave, watchWaves } from "./waves.js";

document.documentElement.dataset.js = "";
for (const each of document.querySelectorAll("nav [aria-current]")) {
  const bar = /** @type {HTMLElement} */ (each.closest("nav"));
  const [a, b] = [each.getBoundingClientRect(), bar.getBoundingClientRect()];
  bar.scrollBy({ left: a.left + a.width / 2 - b.left - b.width / 2, behavior: "instant" });
}

/** @type {Record<string, (element: HTMLElement, event: Event) => void>} */
const CLICKS = {
  single: toggleSingle,
  help,
  copy,
  "clear-filter": keepCurrent,
  "close-drawer": closeDrawer,
  "drawer-queue": (element, event) => inPlace(event, () => void showTheirs(element)),
  "open-author": (element, event) =>
    inPlace(event, () => openDrawer(/** @type {HTMLElement} */ (element.closest(".card")))),
  lift: (element) => lift(element.closest(".card, .veil")),
  "show-fresh": () => showFresh(),
  "close-picker": (element) => shut(element.closest(".card")),
  "close-reply": (element) => shut(element.closest(".card")),
  reply: (element) => openReply(/** @type {HTMLElement} */ (element.closest(".card"))),
  palette: () => openPalette(act),
  tools: (element) => element.setAttribute("aria-expanded", String(document.body.toggleAttribute("data-tools"))),
  more: (_, event) => {
    event.preventDefault();
    loadMore(true);
  },
};

/** @type {Record<string, (card: HTMLElement, key: string) => boolean | void>} */
const ON_CARD = {
  approve: (card) => press(card, ".approve-form", "approve"),
  reject: (card) => openPicker(card),
  ban_reject: (card) => openPicker(card, true),
  wave: openWave,
  reply: openReply,
  feature,
  close_thread: closeConversation,
  tick: (card, range) => tick(card, range === "range"),
  choice: (card, key) => pickWave(card, key) || pick(card, key),
  lift,
  claim: pressClaim,
  precedents: (card) => click(card, ".precedents > summary"),
  open: (card) => click(card, "[data-action=open-comment]"),
  article: (card) => click(card, "[data-action=open-article]"),
  author: (card) => toAuthor(card, ""),
  same_author: (card) => click(card, "[data-action=same-author]"),
  same_article: (card) => click(card, "[data-action=same-article]"),
};
for (const kind of ["warn", "suspend", "ban", "premoderate", "trust"]) ON_CARD[kind] = (card) => toAuthor(card, kind);

document.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  const element = target.closest("[data-action]");
  const own = target.closest(".card");
  if (target.matches(".tick") && own instanceof HTMLElement) ticked(own, event.shiftKey);
  if (element instanceof HTMLElement) CLICKS[element.dataset.action ?? ""]?.(element, event);
  for (const menu of document.querySelectorAll("details.menu[open]")) {
    if (!menu.contains(target)) menu.removeAttribute("open");
  }
});

document.addEventListener("change", (event) => {
  const element = /** @type {HTMLInputElement} */ (event.target);
  if (element.dataset.action === "submit") element.form?.requestSubmit();
  if (element.dataset.action === "keys-on") setKeys(element.checked);
  sayLength(element);
  sayAct(element);
});

document.addEventListener("input", (event) => followNumber(/** @type {HTMLInputElement} */ (event.target)));

document.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (form.matches("[data-kept]")) {
    event.preventDefault();
    if (form.closest(".drawer")) sanction(form, event.submitter);
    else send(form, event.submitter);
    return;
  }
  if (form.matches(".reply-form")) {
    event.preventDefault();
    sendReply(/** @type {HTMLElement} */ (form.closest(".card")), form);
    return;
  }
  if (form.method === "post") remember(event.submitter ?? form);
  const card = form.closest(".card");
  if (form.matches("[data-claim]") && card instanceof HTMLElement && document.getElementById("cards")) {
    event.preventDefault();
    claim(card, form);
    return;
  }
  if (!form.matches("[data-decide]") || !(card instanceof HTMLElement)) return;
  // A comment's own page is reloaded after a decision, because it shows the history.
  if (!document.getElementById("cards")) return;
  event.preventDefault();
  decide(card, form, form.matches(".approve-form") ? "approve" : "reject");
});

document.addEventListener(
  "toggle",
  (event) => {
    const picker = event.target;
    if (!(picker instanceof HTMLDetailsElement) || !picker.open || !picker.matches(".reject, .wave")) return;
    const card = picker.closest(".card");
    if (!(card instanceof HTMLElement)) return;
    closeOthers(picker);
    if (card.closest("#cards") && !card.contains(document.activeElement)) card.focus({ preventScroll: true });
    layPicker(card);
  },
  true,
);

document.addEventListener("focusin", (event) => {
  const card = /** @type {Element} */ (event.target).closest(".card");
  if (!(card instanceof HTMLElement)) return;
  closeOthers(card);
  for (const each of document.querySelectorAll(".cards > .current")) each.classList.remove("current");
  card.closest("li")?.classList.add("current");
  document.body.toggleAttribute("data-line", true);
  showContext(card);
  follow(card);
  cards.current();
  sayPosition();
});

/** @type {Record<string, (key: string) => boolean | void>} */
const ANYWHERE = {
  next: () => move(1),
  previous: () => move(-1),
  undo: () => void undo(),
  help,
  palette: () => openPalette(act),
  search,
  bulk: openBulk,
  go: () => true,
  place: (letter) => goTo(letter),
  unfilter: () => click(document, "[data-action=clear-filter]"),
  single: () => document.getElementById("cards") !== null && void toggleSingle(),
};

const OPENING = ["reject", "reply", "wave"]; // these decide nothing yet
const DECIDING = ["approve", "ban_reject", "feature", "close_thread", "choice"];

/**
 * Run a key's action. Returns whether there was one.
 * @param {string} name
 * @param {string} [key]
 * @returns {boolean}
 */
function act(name, key = "") {
  if (ANYWHERE[name]) return ANYWHERE[name](key) !== false;
  if (name === "choice" && length(key)) return true;
  const card = cards.current() ?? document.querySelector("main > .card");
  if (name === "escape" && leaveSearch()) return true;
  if (name === "escape") return (!isInDrawer() && shut(card)) || closeDrawer() || leaveSingle();
  if (!ON_CARD[name] || isOwed()) return false;
  if (!(card instanceof HTMLElement)) return name !== "choice" && move(1);
  if (!cards.isMarked(card)) {
    if (DECIDING.includes(name)) return cards.mark(card);
    if (OPENING.includes(name)) cards.mark(card);
  }
  return ON_CARD[name](card, key) !== false;
}

listen(act);
swipe(decide, openPicker, () => act("escape"));

function leaveSingle() {
  if (cards.isSingle()) toggleSingle();
  return true;
}

function search() {
  const field = document.querySelector("#search, main [type=search]");
  if (!(field instanceof HTMLInputElement)) return openPalette(act);
  document.body.setAttribute("data-tools", "");
  if (cards.isSingle()) toggleSingle();
  field.focus();
  field.select();
  return true;
}

/** Leave the search field, so that keys work again. */
function leaveSearch() {
  const field = document.activeElement;
  if (!(field instanceof HTMLInputElement) || !field.matches("#search, main [type=search]")) return false;
  field.blur();
  return true;
}

/**
 * Handle a link without leaving the page, unless it is to be opened in another tab.
 * @param {Event} event
 * @param {() => boolean | void} shown
 */
function inPlace(event, shown) {
  const { ctrlKey, metaKey, shiftKey, altKey } = /** @type {MouseEvent} */ (event);
  if (!(ctrlKey || metaKey || shiftKey || altKey) && shown() !== false) event.preventDefault();
}

/** @param {string} letter */
function goTo(letter) {
  const address = data.go?.[letter];
  if (address) location.assign(address);
  return true;
}

/** @param {number} step */
function move(step) {
  if (step < 0) stay();
  const card = cards.near(step);
  if (!card) {
    if (step > 0) moveOn();
    return false;
  }
  cards.focus(card);
  return true;
}

/**
 * @param {HTMLElement} card
 * @param {string} selector
 * @param {"approve" | "reject"} action
 */
function press(card, selector, action) {
  const form = card.querySelector(selector);
  if (!(form instanceof HTMLFormElement)) return false;
  decide(card, form, action);
  return true;
}

/**
 * @param {ParentNode} place
 * @param {string} selector
 */
function click(place, selector) {
  const link = place.querySelector(selector);
  if (!(link instanceof HTMLElement)) return false;
  link.click();
  return true;
}

/**
 * Show the author, with the form for this sanction open: in the drawer of a queue, otherwise on their page, which
 * leads back here.
 * @param {HTMLElement} card
 * @param {string} kind
 */
function toAuthor(card, kind) {
  if (openDrawer(card, kind)) return true;
  const link = card.querySelector("[data-action=open-author]");
  if (!(link instanceof HTMLAnchorElement)) return false;
  const address = new URL(link.href);
  if (kind) {
    address.searchParams.set("do", kind);
    address.searchParams.set("back", location.pathname + location.search);
  }
  location.assign(address);
  return true;
}

/** @param {Element | null} place a card, or another blurred element */
function lift(place) {
  const veil = place?.matches(".veil") ? place : place?.querySelector(".veil");
  if (!veil || !(place instanceof HTMLElement)) return false;
  veil.classList.toggle("lifted");
  if (!place.contains(document.activeElement) || document.activeElement?.matches(".lift")) place.focus();
  return true;
}

/** @param {Element | null} card */
function shut(card) {
  if (!(card instanceof HTMLElement) || !close(card)) return false;
  card.focus();
  return true;
}

function help() {
  const dialog = document.getElementById("keys");
  if (!(dialog instanceof HTMLDialogElement)) return false;
  const box = dialog.querySelector("input");
  if (box) box.checked = keysOn();
  dialog.showModal();
  dialog.focus({ preventScroll: true }); // otherwise its last element gets the focus
  dialog.scrollTop = 0;
  return true;
}

watch();
watchWaves();
sayMessages(restore());
comeBack();
showForm();
sendByEnter();
