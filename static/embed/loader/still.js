// The layout shift that a change of height causes. Part of after.js.
// @ts-check

/** When the reader last scrolled or pressed something: then movement is expected. */
export let moved = performance.getEntriesByType("first-input").length; // before this was loaded
for (const name of ["wheel", "touchmove", "pointerdown", "keydown"])
  addEventListener(name, () => (moved = Date.now()), true);

/** The total layout shift that we may cause on this page; browsers rate up to 0.1 as good. */
const BUDGET = 0.04;
let spent = 0.02; // before this was loaded

/** The maximum scroll position of the window. */
export const depth = () => document.documentElement.scrollHeight - innerHeight;

/** Where the page's content ends, in the window. */
const pageEnd = () => (depth() > 0 ? innerHeight : document.body.getBoundingClientRect().bottom);

/** The layout shift that this change would cause: how much of the window moves, times how far.
 * @param {any} box @param {number} to */
function price(box, to) {
  const { top } = box.frame.getBoundingClientRect();
  const from = box.now;
  const last = pageEnd();
  const moves = Math.max(0, last - top - from) + Math.max(0, Math.min(innerHeight, last + to - from) - top - to);
  if (top + Math.max(from, to) <= 0) return 0; // above the window: browsers keep the visible content in place
  return (Math.min(1, moves / innerHeight) * Math.abs(to - from)) / Math.max(innerWidth, innerHeight);
}

/** Whether a shift costs nothing: nobody sees it, or the reader has just done something.
 * @param {any} box */
const free = (box) =>
  document.hidden ||
  Date.now() - moved < 400 ||
  document.activeElement === box.frame ||
  matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Whether this height would exceed the budget. @param {any} box @param {number} to */
export function dear(box, to) {
  const cost = free(box) ? 0 : price(box, to);
  if (spent + cost > BUDGET) return true;
  spent += cost;
  return false;
}
