// @ts-check
// Sanctions: the form's lengths of time, and the way from a card to the form and back to the next card.

import * as cards from "./cards.js";
import { keep, kept } from "./lib/place.js";
import { loadMore } from "./pages.js";
import { toggleSingle } from "./single.js";

const KEY = "commentsvc.sanction";
const CURRENT = "commentsvc.current";
const MOST_PAGES = 8; // that are loaded to find the place again

/** @type {any} the place that was left for the form whose sanction can be undone here */
let acted = null;

/** Before the form: which cards follow, and where on the screen this one stands. @param {HTMLElement} card */
export function leaveFrom(card) {
  const all = cards.all();
  const at = all.indexOf(card);
  if (at < 0) return;
  const order = [...all.slice(at), ...all.slice(0, at).reverse()];
  keep(KEY, {
    path: location.pathname,
    search: location.search,
    ids: order.map((each) => each.dataset.id),
    top: card.getBoundingClientRect().top,
    single: document.body.hasAttribute("data-single"),
  });
}

/** Before a form undoes what was done: its card is meant again afterwards. */
export function undoing() {
  if (acted) keep(KEY, { ...acted, undone: true, single: cards.isSingle() });
}

/** Before the filter is cleared: the same card is meant afterwards, or else the first. */
export const keepCurrent = () => keep(CURRENT, { path: location.pathname, id: cards.current()?.dataset.id });

/** Back in the queue: on with the next card, where the last one stood; with the same one if nothing was done. */
export async function comeBack() {
  if (!document.getElementById("cards")) return;
  const unfiltered = kept(CURRENT);
  if (unfiltered) return cards.focus(document.getElementById(`c-${unfiltered.id}`) ?? cards.all()[0]);
  const place = kept(KEY);
  if (!place || place.search !== location.search) return;
  const isDone = !place.undone && document.querySelector(".notice.told.good") !== null;
  if (isDone) acted = place;
  const wanted = isDone ? place.ids.slice(1) : place.ids;
  const found = () => wanted.map((/** @type {string} */ id) => document.getElementById(`c-${id}`)).find(Boolean);
  for (let page = 0; page < MOST_PAGES && !found() && document.getElementById("more"); page++) await loadMore();
  const card = found() ?? cards.all()[0];
  if (!card) return;
  cards.mean(card);
  if (place.single) toggleSingle();
  scrollBy({ top: card.getBoundingClientRect().top - place.top, behavior: "instant" });
}

/** Where a key opened the form: its top below the bar, with the field that has the focus in view. */
export function showForm() {
  const field = document.querySelector(".sanction [autofocus]");
  if (!(field instanceof HTMLElement)) return;
  field.focus({ preventScroll: true });
  field.closest("details")?.scrollIntoView({ block: "start", behavior: "instant" });
  field.scrollIntoView({ block: "nearest", behavior: "instant" });
}

/**
 * Choose the length with this number, if its form is what one is in.
 * @param {string} digit
 */
export function length(digit) {
  const form = document.activeElement?.closest(".sanction");
  const choice = form?.querySelector(`[data-digit="${digit}"]`);
  if (!(choice instanceof HTMLInputElement) || !choice.checkVisibility()) return false;
  choice.click();
  const reason = form?.querySelector("[name=reason]");
  if (reason instanceof HTMLElement) reason.focus();
  return true;
}

/**
 * A length is a ban or a suspension, a day is a suspension; a ban takes what waits with it unless one says
 * otherwise.
 * @param {HTMLInputElement} element
 */
export function sayLength(element) {
  const form = element.closest?.(".sanction");
  if (!(form instanceof HTMLFormElement)) return;
  const named = (/** @type {string} */ name, value = "") =>
    /** @type {HTMLInputElement | null} */ (form.querySelector(`[name=${name}]${value && `[value="${value}"]`}`));
  const kind = { length: element.value === "forever" ? "ban" : "suspend", until: "suspend" }[element.name];
  if (kind) named("kind", kind)?.click();
  const chosen = kind ?? (element.name === "kind" ? element.value : "");
  if (!chosen) return;
  const waiting = named("reject_waiting");
  if (waiting) waiting.checked = chosen === "ban";
  const until = named("until");
  if (until && element.name !== "until") until.value = "";
  for (const each of form.querySelectorAll("[name=length]")) {
    const choice = /** @type {HTMLInputElement} */ (each);
    if (element.name === "until" || (element.name === "kind" && (choice.value === "forever") !== (chosen === "ban"))) {
      choice.checked = false;
    }
  }
}

/** Enter sends the form from its reason too, once one is chosen (a space opens the list); from a text of a
 * card, Ctrl-Enter does. */
export function sendByEnter() {
  document.addEventListener("keydown", (event) => {
    const text = /** @type {Element} */ (event.target).closest?.(".card textarea");
    if (text instanceof HTMLTextAreaElement && event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      text.form?.requestSubmit(/** @type {HTMLButtonElement} */ (text.form.querySelector("button")));
      return;
    }
    const list = event.target;
    if (event.key !== "Enter" || event.isComposing || !(list instanceof HTMLSelectElement) || !list.value) return;
    const form = list.closest(".sanction");
    if (!(form instanceof HTMLFormElement)) return;
    event.preventDefault();
    form.requestSubmit(/** @type {HTMLButtonElement} */ (form.querySelector("button.primary")));
  });
}
