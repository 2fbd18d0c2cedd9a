// @ts-check
// Escape: it closes whatever is open, the innermost first, and gives the focus back to the card.

import { hasSheets } from "./back.js";
import * as cards from "./cards.js";
import { closeDrawer, closeForm, isInDrawer } from "./drawer.js";
import { close } from "./picker.js";
import { clear } from "./lib/toast.js";
import { toggleSingle } from "./single.js";
import { unselect } from "./ticks.js";

const OPEN = "details:is(.menu, .filters, .many, .keep, .precedents, .ask, .decide)[open]";

/** Close one thing that is open. */
export function closeSomething() {
  const card = cards.current() ?? cards.alone();
  if (leaveSearch() || closeAround()) return true;
  if (!isInDrawer() && shut(card)) return true;
  if (closeForm() || closeDrawer() || closeAny(card) || leaveField() || unselect()) return true;
  if (cards.isSingle()) toggleSingle();
  else cancel();
  return true;
}

/** Leave a page that only asks whether to do something: Back, if the queue with its selection is there. */
function cancel() {
  const link = document.querySelector("a[data-cancel]");
  if (!(link instanceof HTMLAnchorElement)) return;
  const from = new URL(document.referrer || "about:blank");
  if (from.origin === location.origin && from.pathname === link.pathname) history.back();
  else link.click();
}

document.addEventListener("click", (event) => {
  const link = /** @type {Element} */ (event.target).closest("a[data-cancel]");
  if (!link || !event.isTrusted || event.button || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  cancel();
});

/** Close the lists and forms of a card. @param {Element | null} card */
export function shut(card) {
  if (!(card instanceof HTMLElement) || !close(card)) return false;
  card.focus({ preventScroll: true });
  return true;
}

/** Close what an element is in. @param {Element | null} [element] */
export function closeAround(element = document.activeElement) {
  const open = element?.closest(OPEN);
  return open instanceof HTMLDetailsElement && closeOne(open);
}

/** Close what is open on the card, else what is open above the cards. @param {HTMLElement | null} card */
function closeAny(card) {
  const open = card?.querySelector(OPEN) ?? document.querySelector(`:not(.card) > ${OPEN}`);
  return open instanceof HTMLDetailsElement && closeOne(open);
}

/** @param {HTMLDetailsElement} open */
function closeOne(open) {
  open.open = false;
  const card = cards.current();
  if (card && open.matches(".many") && hasSheets()) cards.mean(card);
  else if (card) cards.comeDown(card);
  else open.querySelector("summary")?.focus({ preventScroll: true });
  return true;
}

/** Leave a field on a card, or the button that a key went to, so that keys work again; what was typed stays. */
function leaveField() {
  const field = document.activeElement;
  const card = field?.matches("input, textarea, select, [data-decides]") ? cards.around(field) : null;
  if (card && field?.matches("[data-decides]")) clear(); // it says that Enter confirms
  card?.focus({ preventScroll: true });
  return card !== null && !field?.matches(".tick"); // nobody sees that its focus has gone
}

/** Leave the search field, so that keys work again. */
function leaveSearch() {
  const field = document.activeElement;
  if (!(field instanceof HTMLInputElement) || !field.matches("#search, main [type=search]")) return false;
  const card = cards.current();
  if (card) cards.comeDown(card);
  else field.blur();
  return true;
}
