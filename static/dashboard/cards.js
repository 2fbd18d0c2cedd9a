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
 * Make a card the one that is meant.
 * @param {HTMLElement | null | undefined} card
 */
export function focus(card) {
  if (!card) return;
  last = card;
  for (const each of document.querySelectorAll("#cards > .current")) each.classList.remove("current");
  item(card).classList.add("current");
  card.focus({ preventScroll: true });
  const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
  card.scrollIntoView({ block: "nearest", behavior: calm ? "auto" : "smooth" });
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
 * Take a card out of the list; the answer puts it back where it was.
 * @param {HTMLElement} card
 * @returns {() => void}
 */
export function takeOut(card) {
  const place = item(card);
  const list = /** @type {HTMLElement} */ (place.parentElement);
  const before = place.nextElementSibling;
  const remove = () => {
    place.remove();
    place.classList.remove("leaving");
    refresh();
  };
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) remove();
  else {
    place.classList.add("leaving");
    place.addEventListener("animationend", () => place.classList.contains("leaving") && remove(), { once: true });
  }
  return () => {
    place.classList.remove("leaving");
    if (!place.isConnected) list.insertBefore(place, before?.isConnected ? before : null);
    refresh();
  };
}

/** Show or hide the "nothing left" panel. */
export function refresh() {
  const empty = document.getElementById("empty");
  if (empty) empty.hidden = all().length > 0;
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
