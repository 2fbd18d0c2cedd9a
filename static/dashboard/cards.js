// @ts-check
// The list of cards: which one is current, moving between them, removing one and putting it back.

const OF_CASES = "#main > .cards:not(#cards) > li > .card, #main .case"; // appeals and notices, answered by a form
const OF_QUEUE = "#cards > li:not(.leaving) .card";

/** @returns {HTMLElement[]} the cards, without those being removed */
export const all = () => [...document.querySelectorAll(/** @type {"article"} */ (`${OF_QUEUE}, ${OF_CASES}`))];

/** @type {Set<string>} IDs of cards whose decision or undo is being sent */
export const away = new Set();

/** @type {HTMLElement | null} */
let last = null;

/** The card, or the case, around an element. @param {Element | null | undefined} element @returns {HTMLElement | null} */
export const around = (element) => element?.closest(/** @type {"article"} */ (".card, .case")) ?? null;

/** The current card, on which keys act: the one that has the focus, else the one that had it last. */
export function current() {
  last = around(document.activeElement) ?? last;
  return last?.isConnected && !last.closest(".leaving") ? last : null;
}

/** The position of the current card in the window. */
export function stands() {
  const card = current();
  return card ? item(card).getBoundingClientRect().top : NaN;
}

/**
 * Make a card the current one, and scroll it to the last one's position, or as close as possible.
 * @param {HTMLElement | null | undefined} card
 * @param {number} [stood]
 */
export function focus(card, stood = stands()) {
  if (!card) return;
  const before = current();
  mean(card);
  if (isSingle() || (before && !Number.isNaN(stood))) hold(card, stood);
  else card.scrollIntoView({ block: "nearest", behavior: "instant" });
}

const SEEN = 40; // pixels of a card that are enough to recognize it

/** Whether a card can be recognized in the window. @param {HTMLElement} card */
export function isInView(card) {
  const { scrollPaddingTop, scrollPaddingBottom } = getComputedStyle(document.documentElement);
  const { top, bottom } = card.getBoundingClientRect();
  const [highest, lowest] = [parseFloat(scrollPaddingTop) || 0, innerHeight - (parseFloat(scrollPaddingBottom) || 0)];
  return bottom >= highest + SEEN && top <= lowest - SEEN;
}

/** Whether the current card is visibly marked: it has the ring, or is the only one shown. @param {HTMLElement} card */
export const isMarked = (card) =>
  !card.closest("#cards") || (isInView(card) && (isSingle() || isBeside() || card.contains(document.activeElement)));

/** Whether the drawer is open: it is about the current card, which then has the ring. */
const isBeside = () => document.body.hasAttribute("data-drawer");

/** Show which card is current. @param {HTMLElement} card */
export function mark(card) {
  if (isInView(card)) mean(card);
  else focus(card);
  if (card.checkVisibility() && around(document.activeElement) === card) return true;
  last = null; // nothing on this page shows it: keys mean another one
  focus(all().find((each) => each.checkVisibility()));
  return true;
}

/** Whether one card is shown at a time. */
export const isSingle = () => document.body.hasAttribute("data-single");

/**
 * Make a card the current one, without scrolling.
 * @param {HTMLElement | null | undefined} card
 */
export function mean(card) {
  if (!card) return;
  last = card;
  show(card);
  card.focus({ preventScroll: true });
}

/** Show that a card is the current one. @param {HTMLElement} card */
export function show(card) {
  for (const each of document.querySelectorAll(":is(.cards > *, .case).current")) each.classList.remove("current");
  item(card).classList.add("current");
  document.body.toggleAttribute("data-line", card !== alone()); // on that page, no other card will stand there
}

/**
 * The card `step` places further, not counting cards claimed by others; none beyond the ends.
 * @param {number} step
 * @param {HTMLElement | null} [from]
 */
export function near(step, from = current()) {
  const cards = all();
  if (!from && step < 0) return undefined;
  let at = (from ? cards.indexOf(from) : -1) + step;
  while (cards[at]?.hasAttribute("data-taken")) at += Math.sign(step);
  return cards[at];
}

/** The card to go on with after this one: one that a colleague has claimed is better than none. @param {HTMLElement} card */
export function beside(card) {
  const cards = all();
  const at = cards.indexOf(card);
  return near(1, card) ?? near(-1, card) ?? cards[at + 1] ?? cards[at - 1];
}

/** The card of a comment's own page. @returns {HTMLElement | null} */
export const alone = () => document.querySelector(/** @type {"article"} */ ("main > .card"));

/** @param {HTMLElement} card */
export const item = (card) => card.closest("li") ?? card;

/** @type {WeakMap<Element, Element | null>} what followed an item when it was removed */
const behind = new WeakMap();

/**
 * Remove a card from the list. `next` moves to its position at once, while the old one fades above it, so that
 * the eye need not look for it. Returns a function that puts the card back.
 * @param {HTMLElement} card
 * @param {HTMLElement | undefined} next
 * @returns {() => void}
 */
export function takeOut(card, next) {
  const place = item(card);
  const list = /** @type {HTMLElement} */ (place.parentElement);
  const [stood, at] = [place.getBoundingClientRect().top, `${place.offsetTop}px`];
  behind.set(place, place.nextElementSibling);
  const remove = () => {
    place.remove();
    put(place, "");
    refresh();
  };
  // with one card at a time, only the current one is shown, so nothing would fade
  if (isSingle() || matchMedia("(prefers-reduced-motion: reduce)").matches) remove();
  else {
    put(place, at); // a fading card adds nothing to the height of the page
    const isOver = () => place.classList.contains("leaving") && remove();
    place.addEventListener("animationend", isOver, { once: true });
    setTimeout(isOver, LONGEST); // a hidden window may run no animation
  }
  mean(next);
  if (next) hold(next, stood);
  return () => putBack(place, list);
}

/**
 * Remove a card from the list at once, without scrolling. Returns a function that puts it back.
 * @param {HTMLElement} card
 * @returns {() => void}
 */
export function takeAway(card) {
  const place = item(card);
  const list = /** @type {HTMLElement} */ (place.parentElement);
  behind.set(place, place.nextElementSibling);
  steady(() => place.remove());
  return () => putBack(place, list);
}

/**
 * @param {HTMLElement} place
 * @param {HTMLElement} list
 */
function putBack(place, list) {
  put(place, "");
  let after = behind.get(place) ?? null;
  while (after && !after.isConnected) after = behind.get(after) ?? null;
  if (!place.isConnected) list.insertBefore(place, after);
  refresh();
}

const LONGEST = 1000; // milliseconds after which a card has faded
const LINE = 0.4; // of the window: a card that begins above this usually fits

/**
 * Scroll a card's top to this position, if it can be read there: not under the bar, and not so low that it would
 * end below the window.
 * @param {HTMLElement} card
 * @param {number} wanted
 */
function hold(card, wanted) {
  const style = getComputedStyle(document.documentElement);
  const highest = parseFloat(style.scrollPaddingTop);
  const { top, height } = item(card).getBoundingClientRect();
  const line = Math.max(highest, innerHeight * LINE);
  const fits = wanted + height + parseFloat(style.scrollPaddingBottom) <= innerHeight;
  const low = wanted > line && !fits ? line : wanted;
  const place = isSingle() || !(low >= highest) ? highest : low;
  scrollBy({ top: top - place, behavior: "instant" });
}

/**
 * Make a card the current one, with its top at this position in the window.
 * @param {HTMLElement} card
 * @param {number} top
 */
export function standAt(card, top) {
  mean(card);
  hold(card, top);
}

let above = NaN; // where the current card stood when something above the cards was opened

/** Remember where the current card stands: something above the cards is opened by a key. */
export function goUp() {
  above = stands();
}

/** Come back to a card from above, where it stood. @param {HTMLElement} card @param {number} [top] */
export function comeDown(card, top = above) {
  mean(card);
  above = NaN;
  if (Number.isNaN(top)) card.scrollIntoView({ block: "nearest", behavior: "instant" });
  else scrollBy({ top: item(card).getBoundingClientRect().top - top, behavior: "instant" });
}

/**
 * Change something above the current card without moving it; if there is none, without moving those in view.
 * @param {() => void} change
 */
export function steady(change) {
  const card = current() ?? all().find(isInView);
  const stood = card ? item(card).getBoundingClientRect().top : 0;
  change();
  if (card?.isConnected) scrollBy({ top: item(card).getBoundingClientRect().top - stood, behavior: "instant" });
}

/**
 * Position an item over the list at this height while it fades, or ("") back in the list.
 * @param {HTMLElement} place
 * @param {string} top
 */
function put(place, top) {
  place.classList.toggle("leaving", top !== "");
  place.style.insetBlockStart = top;
}

/** Show or hide the "nothing left" panel: while there is a further page, it is not known yet. */
export function refresh() {
  const empty = document.getElementById("empty");
  if (!empty) return;
  empty.hidden = all().length > 0 || document.getElementById("more") !== null;
  if (empty.hidden) return;
  document.body.removeAttribute("data-line");
  if (last && document.activeElement === document.body) empty.focus({ preventScroll: true });
}
