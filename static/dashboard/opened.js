// @ts-check
// Forms that one opens: they take the focus, and a key that is pressed in one decides on no card.

/** Forms above the cards, and those of a case, that are filled in at once. */
const FILLED = "details:is(.keep, .filters, .many, .decide, .words)";
const FIRST = "input:not([type=hidden]), select, textarea";

/** @type {Element | null} the details whose summary was pressed last, by mouse or key */
let pressed = null;

document.addEventListener("click", ({ target }) => {
  pressed = /** @type {Element} */ (target).closest("summary")?.parentElement ?? null;
});

document.addEventListener(
  "toggle",
  ({ target }) => {
    if (!(target instanceof HTMLDetailsElement) || !target.open || target !== pressed) return;
    const field = target.matches(FILLED) ? target.querySelector(FIRST) : null;
    if (field instanceof HTMLElement) field.focus({ preventScroll: true });
  },
  true,
);

/** Show what one may add to a rejection, in its list of reasons. @param {Element} button in that list */
export function openWords(button) {
  const words = button.closest(".picker")?.querySelector(".words");
  words?.querySelector("summary")?.click();
  words?.scrollIntoView({ block: "nearest", behavior: "instant" });
}

/** @type {Element | null} what was pressed last */
let touched = null;
document.addEventListener("pointerdown", ({ target }) => (touched = /** @type {Element} */ (target)), true);

/** Where the person is: at the focus, or at what they pressed in the focused element, if it cannot take the focus. */
export function whereabouts() {
  const focused = document.activeElement;
  return touched?.isConnected && focused?.contains(touched) ? touched : focused;
}

export const SANCTIONS = ["author", "warn", "suspend", "ban", "premoderate", "trust"];

/** What keys mean in a form that is about the current card. @type {[string, string[]][]} */
const OWN = [
  [".card details.reject", ["reject", "ban_reject", "choice"]],
  [".card details.wave", ["wave", "choice"]],
  [".card .reply-form", ["reply"]],
  [".drawer details", SANCTIONS],
  [".case details", ["approve", "reject", "claim"]],
];

/**
 * Whether a key for cards is pressed in an open form that does not know it: the card behind is not meant.
 * @param {string} name
 */
export function isElsewhere(name) {
  const open = whereabouts()?.closest("details[open]:not(.words), .reply-form:not([hidden])");
  if (!open || !(open.closest("form") || open.querySelector("form"))) return false;
  return !OWN.some(([form, names]) => open.matches(form) && names.includes(name));
}
