// @ts-check
// The list of reasons on a card: an overlay, so that nothing on the page moves.

/**
 * Open the list where all of it is visible; its numbers can be pressed at once.
 * @param {HTMLElement} card
 * @param {boolean} [ban] whether the author is banned too
 */
export function openPicker(card, ban = false) {
  const picker = card.querySelector("details.reject");
  if (!(picker instanceof HTMLDetailsElement)) return false;
  tickBan(picker, ban);
  picker.open = true;
  closeOthers(picker);
  layPicker(card);
  const first = picker.querySelector("input[type=radio]");
  if (first instanceof HTMLElement) first.focus({ preventScroll: true });
  return true;
}

/**
 * Tick or untick the ban, so that no earlier key leaves it ticked.
 * @param {Element} picker
 * @param {boolean} ban
 */
export function tickBan(picker, ban) {
  const box = picker.querySelector("[name=ban]");
  if (box instanceof HTMLInputElement) box.checked = ban;
}

/** Position what is open on a card: the reasons, the form for comments like it, or a reply. @param {HTMLElement} card */
export function layPicker(card) {
  for (const box of card.querySelectorAll("details[open] .picker, .reply-form:not([hidden])")) {
    const button = box.closest("details")?.querySelector("summary") ?? card.querySelector(".acts");
    if (box instanceof HTMLElement && button) lay(box, button);
  }
}

const GAP = 8;
const BUTTONS = 64; // pixels at the end of a box, which stay there while the rest of it scrolls
const highest = () => parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop);

/** What the text under a box scrolls in: the page, or a card that fills the window. @param {Element} box */
function scrollerOf(box) {
  const what = box.closest(".what");
  const own = what && getComputedStyle(what).overflowY === "auto" ? what : document.scrollingElement;
  return /** @type {Element} */ (own);
}

/**
 * Position a box below this button if there is room, else as low as it fits in the window. If it lies over the text
 * that is judged, the page moves until both are seen, as far as they fit. A text that has changed under it gets room.
 * @param {HTMLElement} box
 * @param {Element} button
 */
function lay(box, button) {
  const changed = box.querySelector(".late") !== null;
  const [whole, text] = [".veil, .reading", ".reading"].map((each) => box.closest(".card")?.querySelector(each));
  const top = () => (changed ? text : whole)?.getBoundingClientRect().top ?? NaN;
  const bottom = () => (whole?.getBoundingClientRect().bottom ?? NaN) + GAP;
  cut(box, changed ? bottom() - top() : 0);
  put(box, button, Math.max(highest(), innerHeight - 16 - box.offsetHeight));
  const over = whole ? Math.min(bottom() - box.getBoundingClientRect().top, top() - highest()) : 0;
  if (over < 1) return;
  const inside = scrollerOf(box);
  const from = moved?.box === box ? moved.from : inside.scrollTop;
  put(box, button, Infinity); // below the last card, the page is long enough for it
  roomFor(box, `${innerHeight}px`);
  inside.scrollBy({ top: over, behavior: "instant" });
  moved = { box, inside, from, to: inside.scrollTop };
  put(box, button, Math.max(highest(), innerHeight - 16 - box.offsetHeight));
}

/**
 * Let a box be so low that this much of the window, but at most half of it, stays free above it.
 * @param {HTMLElement} box
 * @param {number} free in pixels
 */
function cut(box, free) {
  box.style.removeProperty("--most");
  if (!free) return;
  const room = innerHeight - 16 - highest();
  box.style.setProperty("--most", `${room - Math.min(free, room / 2)}px`);
  const held = document.activeElement;
  if (!held || !box.contains(held)) return;
  const below = held.getBoundingClientRect().bottom - box.getBoundingClientRect().bottom;
  if (below > -BUTTONS) box.scrollTop += below + BUTTONS;
}

/**
 * @param {HTMLElement} box
 * @param {Element} button
 * @param {number} lowest
 */
function put(box, button, lowest) {
  const { top } = (box.offsetParent ?? document.documentElement).getBoundingClientRect();
  const below = button.getBoundingClientRect().bottom + GAP;
  box.style.setProperty("--top", `${Math.min(below, lowest) - top}px`);
}

/** Let a card that fills the window scroll further than its text. @param {Element} box @param {string} room */
function roomFor(box, room) {
  const card = box.closest(".card");
  if (card instanceof HTMLElement) card.style.setProperty("--room", room);
}

/** How far the page, or the card, was moved for what is open.
 * @type {{box: HTMLElement, inside: Element, from: number, to: number} | null} */
let moved = null;

/** What the page was moved for is closed: it goes back. @param {Element} closed */
function goBack(closed) {
  if (!moved || !closed.contains(moved.box)) return;
  const { box, inside, from, to } = moved;
  if (Math.abs(inside.scrollTop - to) < 2) inside.scrollTo({ top: from, behavior: "instant" });
  roomFor(box, "");
  moved = null;
}

document.addEventListener(
  "toggle",
  ({ target }) => target instanceof HTMLDetailsElement && !target.open && goBack(target),
  true,
);

const OPEN = ".card :is(details.reject[open], details.wave[open], .reply-form:not([hidden]))";

/**
 * Close what is open on a card, or on all; text stays.
 * @param {ParentNode} place
 * @param {Element} [kept] what stays open, or the card on which everything may
 * @returns {boolean} whether anything was open
 */
export function close(place, kept) {
  const open = [...place.querySelectorAll(OPEN)].filter((each) => !kept?.contains(each));
  for (const each of open) {
    if (each instanceof HTMLDetailsElement) each.open = false;
    else if (each instanceof HTMLElement) each.hidden = true;
    if (each.matches(".reject")) tickBan(each, false);
    goBack(each);
    each.closest(".card")?.classList.remove("writing");
  }
  return open.length > 0;
}

/** Close everything else that is open, so that keys belong to one card. @param {Element} kept */
export const closeOthers = (kept) => close(document, kept);
