// @ts-check
// Entry point of the dashboard: one delegated listener, keys, live counts.

import { openReply, sendReply } from "./acts.js";
import { actAround, closesHere, isAround } from "./alone.js";
import * as cards from "./cards.js";
import { claim } from "./claims.js";
import { closeAround, closeSomething, shut } from "./closing.js";
import { showContext } from "./context.js";
import { closeDrawer, follow, openDrawer, sanction, showTheirs } from "./drawer.js";
import { copy, follow as followNumber, sayAct } from "./forms.js";
import { goTo } from "./going.js";
import "./lost.js"; // before everything else that listens to keys
import { keysOn, listen, setKeys } from "./keys.js";
import { send } from "./lib/kept.js";
import { data, say } from "./lib/page.js";
import { remember, restore, sayMessages } from "./lib/place.js";
import { watch } from "./live.js";
import { click, ON_CARD } from "./oncard.js";
import { isElsewhere, openWords, SANCTIONS } from "./opened.js";
import { isOwed, loadMore, moveOn, showFresh, stay } from "./pages.js";
import { openPalette } from "./palette.js";
import { astray, began, DECIDING, opensNothing } from "./pairs.js";
import { closeOthers, layPicker, openPicker } from "./picker.js";
import { decide, isDone } from "./queue.js";
import { lift, unfold } from "./reading.js";
import { comeBack, keepCurrent, lastQueue, watchPlace } from "./returning.js";
import { length, opened, sayLength, sendByEnter, showForm } from "./sanction.js";
import { sayPosition, staySingle, toggleSingle } from "./single.js";
import { start } from "./starting.js";
import { swipe } from "./swipe.js";
import { onSelected, openBulk, tickAgain, ticked, watchTicks } from "./ticks.js";
import { hint, recall, undo } from "./undo.js";
import "./unsaved.js";
import { watchWaves } from "./waves.js";

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
  "close-drawer": closeDrawer,
  "drawer-queue": (element, event) => inPlace(event, () => void showTheirs(element)),
  "open-author": (element, event) =>
    inPlace(event, () => openDrawer(/** @type {HTMLElement} */ (element.closest(".card")))),
  lift: (element) => lift(element.closest(".card, .veil")),
  unfold: (element) => unfold(element.closest(".card, .person")),
  "show-fresh": () => showFresh(),
  "close-picker": (element) => shut(element.closest(".card")),
  "close-bulk": (element) => void closeAround(element),
  words: openWords,
  "close-reply": (element) => shut(element.closest(".card")),
  reply: (element) => openReply(/** @type {HTMLElement} */ (element.closest(".card"))),
  palette: () => openPalette(act),
  tools: (element) => element.setAttribute("aria-expanded", String(document.body.toggleAttribute("data-tools"))),
  more: (_, event) => {
    event.preventDefault();
    loadMore(true);
  },
};

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
  if (closesHere(form)) return event.preventDefault();
  if (isAround(form)) {
    event.preventDefault();
    void actAround(form, event.submitter);
    return;
  }
  if (form.matches("[data-kept]") && !event.submitter?.hasAttribute("formaction")) {
    event.preventDefault();
    if (form.closest(".drawer")) sanction(form, event.submitter);
    else send(form, event.submitter);
    return;
  }
  if (form.matches("[data-start]")) {
    event.preventDefault();
    start(form, event.submitter);
    return;
  }
  if (form.matches(".reply-form")) {
    event.preventDefault();
    sendReply(/** @type {HTMLElement} */ (form.closest(".card")), form);
    return;
  }
  const card = form.closest(".card");
  const isOwn = card === cards.alone() && form.matches("[data-decide]");
  if (
    !form.matches("[data-claim], [data-decide]") ||
    !(card instanceof HTMLElement) ||
    !(isOwn || document.getElementById("cards"))
  ) {
    if (form.closest(".keep")) keepCurrent();
    else if (form.method === "post") remember(event.submitter ?? form);
    return;
  }
  event.preventDefault();
  if (form.matches("[data-claim]")) claim(card, form);
  else decide(card, form, form.matches(".approve-form") ? "approve" : "reject");
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
  const card = cards.around(/** @type {Element} */ (event.target));
  if (!card) return;
  closeOthers(card);
  cards.show(card);
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
  filter: openFilter,
  bulk: () => openBulk() || useless(),
  go: () => true,
  place: goToPlace,
  escape: closeSomething,
  unfilter: () => click(document, "[data-action=clear-filter]") || useless(),
  single: () => (document.getElementById("cards") ? void toggleSingle() : useless()),
};

const OPENING = ["reject", "ban_reject", "reply", "wave"]; // these decide nothing yet

/**
 * Run a key's action. Returns whether there was one.
 * @param {string} name
 * @param {string} [key]
 * @returns {boolean}
 */
function act(name, key = "") {
  const stray = DECIDING.includes(name) ? astray() : began(name);
  if (typeof stray === "string") return useless(stray || undefined);
  if (ANYWHERE[name]) return ANYWHERE[name](key) !== false;
  if (name === "choice" && length(key)) return true;
  if (name === "choice" && opened()) return useless();
  const card = cards.current() ?? cards.alone();
  if (!ON_CARD[name] || isOwed() || onSelected(name, key)) return Boolean(ON_CARD[name]) && !isOwed();
  if (isElsewhere(name)) return useless();
  if (!card) return begin(name) || (name !== "choice" && nothing());
  if (isDone(card) && [...DECIDING, ...OPENING].includes(name)) return nothing(card);
  if (!cards.isMarked(card)) {
    if (DECIDING.includes(name)) return cards.mark(card);
    if (OPENING.includes(name)) return cards.mark(card) && open(name);
  }
  return ON_CARD[name](card, key) !== false || nothing(card);
}

/** No card is current: a key selects the first, and opens what it opens there. @param {string} name */
const begin = (name) => move(1) && (open(name) || true);

/** Open a form of the card that has just become the current one. @param {string} name */
function open(name) {
  const card = cards.current();
  if (!card || ![...OPENING, ...SANCTIONS].includes(name)) return false;
  return isDone(card) ? nothing(card) : ON_CARD[name](card, "") !== false || nothing(card);
}

/**
 * Say that a key does nothing here, or why: what was decided elsewhere.
 * @param {HTMLElement | null} [card]
 */
function nothing(card) {
  if (card?.ariaBusy === "true") return true;
  const outcome = card?.classList.contains("settled") && card.querySelector(".outcome")?.textContent;
  if (document.getElementById("cards") && !card) return false; // the page says that the queue is empty
  return useless(outcome || undefined);
}

function useless(why = say("js.no_key_here")) {
  opensNothing(why);
  hint(why);
  return true;
}

listen(act);
swipe(decide, openPicker, () => act("escape"));

function search() {
  const field = document.querySelector("#search, main [type=search]");
  if (!(field instanceof HTMLInputElement)) return openPalette(act);
  document.body.setAttribute("data-tools", "");
  if (cards.isSingle()) toggleSingle();
  cards.goUp();
  field.focus();
  field.select();
  return true;
}

/** Open the filter at its first field. */
function openFilter() {
  const place = document.querySelector("details.filters");
  if (!(place instanceof HTMLDetailsElement)) return useless();
  if (cards.isSingle()) toggleSingle();
  cards.goUp();
  document.body.setAttribute("data-tools", "");
  place.open = true;
  place.querySelector("select")?.focus({ preventScroll: true });
  scrollTo({ top: 0, behavior: "instant" });
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
function goToPlace(letter) {
  const address = data.go?.[letter];
  if (!address) return useless();
  goTo(lastQueue(address));
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
watchTicks();
sayMessages(restore());
recall();
comeBack();
watchPlace().then((isBack) => {
  staySingle(isBack);
  tickAgain();
});
showForm();
sendByEnter();
