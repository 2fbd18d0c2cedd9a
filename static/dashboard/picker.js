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

/** Position what is open on a card: the reasons, or the form for comments like it. @param {HTMLElement} card */
export function layPicker(card) {
  for (const box of card.querySelectorAll("details[open] .picker")) {
    const button = box.closest("details")?.querySelector("summary");
    if (box instanceof HTMLElement && button) lay(box, button);
  }
}

/**
 * Position a box below this button if there is room, else as low as it fits in the window.
 * @param {HTMLElement} box
 * @param {Element} button
 */
export function lay(box, button) {
  const { top } = (box.offsetParent ?? document.documentElement).getBoundingClientRect();
  const below = button.getBoundingClientRect().bottom + 8;
  const highest = parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop);
  const lowest = Math.max(highest, innerHeight - 16 - box.offsetHeight);
  box.style.setProperty("--top", `${Math.min(below, lowest) - top}px`);
}

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
    each.closest(".card")?.classList.remove("writing");
  }
  return open.length > 0;
}

/** Close everything else that is open, so that keys belong to one card. @param {Element} kept */
export const closeOthers = (kept) => close(document, kept);
