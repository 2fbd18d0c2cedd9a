// @ts-check
// The list of cards: which one is meant, moving between them, taking one out and putting it back.

/** @returns {HTMLElement[]} the cards, but for those on their way out */
export const all = () => [...document.querySelectorAll(/** @type {"article"} */ ("#cards > li:not(.leaving) .card"))];

/** @type {HTMLElement | null} */
let last = null;

/** The card that keys act on: the one that has the focus, else the one that had it last. */
export function current() {
  const focused = document.activeElement?.closest(".card");
  if (focused instanceof HTMLElement) last = focused;
  return last?.isConnected && !last.closest(".leaving") ? last : null;
}

/**
 * Make a card the one that is meant, and bring it into view.
 * @param {HTMLElement | null | undefined} card
 */
export function focus(card) {
  if (!card) return;
  mean(card);
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const block = document.body.hasAttribute("data-single") ? "start" : "nearest";
  card.scrollIntoView({ block, behavior: calm ? "auto" : "smooth" });
}

/**
 * Make a card the one that is meant, without moving the page.
 * @param {HTMLElement | null | undefined} card
 */
export function mean(card) {
  if (!card) return;
  last = card;
  for (const each of document.querySelectorAll("#cards > .current")) each.classList.remove("current");
  item(card).classList.add("current");
  card.focus({ preventScroll: true });
}

/**
 * The card so many places on; none beyond the ends.
 * @param {number} step
 * @param {HTMLElement | null} [from]
 */
export function near(step, from = current()) {
  const cards = all();
  if (!from) return step > 0 ? cards[0] : undefined;
  return cards[cards.indexOf(from) + step];
}

/** @param {HTMLElement} card */
export const item = (card) => /** @type {HTMLElement} */ (card.closest("li"));

/**
 * Take a card out of the list; the answer puts it back where it was. The one behind it moves to its place
 * at once, below the bar, while the old one fades above it: the eye need not look for it.
 * @param {HTMLElement} card
 * @param {number} [stood] where its top was before something else moved it, in pixels of the window
 * @returns {() => void}
 */
export function takeOut(card, stood = item(card).getBoundingClientRect().top) {
  const place = item(card);
  const list = /** @type {HTMLElement} */ (place.parentElement);
  const before = place.nextElementSibling;
  const at = `${place.offsetTop}px`;
  const next = current();
  place.hidden = true; // what fades adds nothing to the height of the page
  if (next && item(next) === before) {
    const { scrollPaddingTop, scrollPaddingBottom } = getComputedStyle(document.documentElement);
    const lowest = innerHeight - next.offsetHeight - parseFloat(scrollPaddingBottom);
    move(list, next, Math.max(parseFloat(scrollPaddingTop), Math.min(stood, lowest)));
  } else focus(next);
  const remove = () => {
    place.remove();
    put(place, "");
    refresh();
  };
  place.hidden = false;
  const alone = document.body.hasAttribute("data-single"); // what is not meant is not shown: nothing would fade
  if (alone || matchMedia("(prefers-reduced-motion: reduce)").matches) remove();
  else {
    put(place, at);
    place.addEventListener("animationend", () => place.classList.contains("leaving") && remove(), { once: true });
  }
  return () => {
    put(place, "");
    if (!place.isConnected) list.insertBefore(place, before?.isConnected ? before : null);
    refresh();
  };
}

/**
 * Scroll so that a card's top is here, with room below the list where the page is too short for it.
 * @param {HTMLElement} list
 * @param {HTMLElement} card
 * @param {number} top
 */
function move(list, card, top) {
  const wanted = scrollY + card.getBoundingClientRect().top - top;
  let room = 0;
  list.style.paddingBlockEnd = "";
  // twice: what is added first may only fill a page that was shorter than the window
  for (const _ of [1, 2]) {
    room += Math.max(0, wanted + innerHeight - document.documentElement.scrollHeight);
    if (room) list.style.paddingBlockEnd = `${Math.ceil(room)}px`;
  }
  scrollTo({ top: wanted, behavior: "instant" });
}

/**
 * Lay a place over the list at this height while it fades, or ("") back into it.
 * @param {HTMLElement} place
 * @param {string} top
 */
function put(place, top) {
  place.classList.toggle("leaving", top !== "");
  place.style.insetBlockStart = top;
}

/** Show or hide the "nothing left" panel. */
export function refresh() {
  const empty = document.getElementById("empty");
  if (!empty) return;
  empty.hidden = all().length > 0;
  const list = document.getElementById("cards");
  if (list && !empty.hidden) list.style.paddingBlockEnd = "";
}

/**
 * Write into a card what became of it; it can no longer be decided here.
 * @param {HTMLElement} card
 * @param {string} sentence
 */
export function settle(card, sentence) {
  card.classList.add("settled");
  const outcome = card.querySelector(".outcome");
  if (outcome) outcome.textContent = sentence;
}
