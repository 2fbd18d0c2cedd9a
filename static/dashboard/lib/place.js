// @ts-check
// Restores the scroll position and the focus after a form has reloaded the page. Also shows the page's own
// messages, which may then be out of view.

import { announce } from "./page.js";
import { arrival, store, stored } from "./tab.js";
import { clear, shows, toast } from "./toast.js";

const KEY = "commentsvc.place";
const GOOD_FOR = 60000; // milliseconds: older values belong to another visit

/**
 * Store a value for the next page.
 * @param {string} key
 * @param {Record<string, any>} what
 */
export const keep = (key, what) => store(key, { ...what, at: Date.now() });

/**
 * The value stored for this page, once.
 * @param {string} key
 * @returns {any}
 */
export function kept(key) {
  const found = stored(key, /** @type {any} */ (null));
  if (found?.path !== location.pathname) return null;
  store(key, null);
  return Date.now() - found.at < GOOD_FOR ? found : null;
}

/** Remember the position before a form is sent. @param {Element} element */
export const remember = (element) =>
  keep(KEY, { path: location.pathname, top: scrollY, element: way(element), card: cardOf(element) });

/** Which card a place is on. @param {Element | null} element */
const cardOf = (element) => element?.closest(".card")?.getAttribute("aria-labelledby") ?? "";

/** Whether the page was come back to, by Back or Forward. */
function isBack() {
  return arrival() === "back_forward";
}

/** Be where one was, and say whether the page was left by a form. */
export function restore() {
  const place = kept(KEY);
  // coming back to a queue, one is at its current card (../returning.js), not at the form that led away
  if (!place || (isBack() && document.getElementById("cards"))) return false;
  scrollTo({ top: place.top, behavior: "instant" });
  const found = place.element && document.querySelector(place.element);
  const other = place.card && cardOf(found) !== place.card ? found?.closest(".card") : null;
  if (other instanceof HTMLElement) return begin(other);
  const shut = found?.closest("details:not([open])");
  const there = shut?.querySelector("summary") ?? found;
  const main = place.element ? document.getElementById("main") : null; // if the focused element is gone
  const next = there ?? main;
  if (next instanceof HTMLElement) next.focus({ preventScroll: true });
  return true;
}

/** The card that stands where the decided one was is read before it is decided: not its button has the focus.
 * @param {HTMLElement} card */
function begin(card) {
  card.tabIndex = -1;
  card.focus({ preventScroll: true });
  history.scrollRestoration = "manual"; // the browser would go back to where the buttons were
  addEventListener("pagehide", () => (history.scrollRestoration = "auto"), { once: true });
  const highest = parseFloat(getComputedStyle(document.documentElement).scrollPaddingTop) || 0;
  scrollBy({ top: card.getBoundingClientRect().top - highest, behavior: "instant" });
  return true;
}

/** Hide the last form's message after another form was refused. Nothing moves. */
export function unsay() {
  for (const each of document.querySelectorAll(/** @type {"div"} */ (".notice.told"))) each.style.visibility = "hidden";
  clear();
}

/** Show the last form's messages: in a toast if they are out of view, or if the action can be undone for some
 * where it can be undone for some seconds. @param {boolean} back whether that form stands on this page */
export function sayMessages(back) {
  const told = [...document.querySelectorAll(/** @type {"div"} */ (".notice.told"))];
  if (!told.length) return;
  const words = told.map((each) => each.querySelector("p")?.textContent ?? "").join(" ");
  let isNews = () => true; // what is undone is none
  const saying = setTimeout(() => isNews() && announce(words), 500); // after a screen reader has read the page's title
  const undo = told.find((each) => each.querySelector("form"))?.querySelector("form");
  const soon = told.find((each) => each.dataset.seconds);
  if (soon && undo) {
    for (const each of told) each.hidden = true;
    isNews = () => shows(words);
    toast(words, { undo: () => undo.requestSubmit(), until: Date.now() + Number(soon.dataset.seconds) * 1000 });
    return;
  }
  const saved = document.querySelector(".save [data-unsaved]");
  if (back && saved && !undo && told.every((each) => each.matches(".good"))) {
    clearTimeout(saying);
    for (const each of told) each.hidden = true; // said once, and the page stays where it was
    setTimeout(() => {
      if (saved.textContent !== saved.getAttribute("data-unsaved")) saved.textContent = words; // always in view
    }, 500);
    return;
  }
  const bar = document.querySelector("header")?.getBoundingClientRect().bottom ?? 0;
  /** @type {Element | null | undefined} */
  let shown;
  const watcher = new IntersectionObserver(
    (seen) => {
      const inView = seen.some((each) => each.intersectionRatio >= 0.5);
      if (!inView && !shown && !told[0].style.visibility) {
        // good news that asks for nothing goes by itself: it may lie over what is pressed next
        const brief = !undo && told.every((each) => each.matches(".good"));
        toast(words, { undo: undo ? () => undo.requestSubmit() : undefined, stay: true, brief });
        shown = document.getElementById("toasts")?.firstElementChild;
      } else if (inView && shown) {
        if (shown.isConnected) clear(); // do not show it twice
        watcher.disconnect();
      }
    },
    { rootMargin: `-${Math.round(Math.max(0, bar))}px 0px 0px`, threshold: 0.5 },
  );
  watcher.observe(told[0]);
  setTimeout(() => shown || watcher.disconnect(), 3000); // by then it has been read
}

/**
 * A selector for an element, valid while the page's structure is the same.
 * @param {Element} element
 * @returns {string}
 */
export function way(element) {
  if (element.id) return `#${CSS.escape(element.id)}`;
  const parent = element.parentElement;
  if (!parent) return ":root";
  const alike = [...parent.children].filter((each) => each.localName === element.localName);
  return `${way(parent)} > ${element.localName}:nth-of-type(${alike.indexOf(element) + 1})`;
}
