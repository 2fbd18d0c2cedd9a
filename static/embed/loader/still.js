// What a change of height costs the reader. Part of what comes after the loader.
// @ts-check

/** When the reader last moved or pressed something: whoever does that sees things move anyway. */
let act = performance.getEntriesByType("first-input").length; // before this was here
for (const name of ["wheel", "touchmove", "pointerdown", "keydown"])
  addEventListener(name, () => (act = Date.now()), true);
export const moved = () => act;

/** Layout shift that this page may see of us, all together; 0.1 is where browsers begin to call it poor. */
const BUDGET = 0.04;
let spent = 0.02; // before this was here

/** Where what stands on the page ends, in the window. */
function pageEnd() {
  const page = document.documentElement;
  const shown = Math.max(page.getBoundingClientRect().bottom, document.body.getBoundingClientRect().bottom);
  return Math.min(innerHeight, page.scrollHeight > innerHeight ? page.scrollHeight - scrollY : shown);
}

/** The layout shift that this change would be: how much of the window moves, times how far.
 * @param {any} box @param {number} to */
function price(box, to) {
  const { top } = box.frame.getBoundingClientRect();
  const from = box.now;
  const last = pageEnd();
  const moves = Math.max(0, last - top - from) + Math.max(0, Math.min(innerHeight, last + to - from) - top - to);
  if (top + Math.max(from, to) <= 0) return 0; // above the window: browsers keep what is read in its place
  return (Math.min(1, moves / innerHeight) * Math.abs(to - from)) / Math.max(innerWidth, innerHeight);
}

/** Nobody sees it; or the reader has done something, and the box follows at once.
 * @param {any} box */
const free = (box) =>
  document.hidden ||
  Date.now() - moved() < 400 ||
  document.activeElement === box.frame ||
  matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Whether this height would cost more than there is left to spend. @param {any} box @param {number} to */
export function dear(box, to) {
  const cost = free(box) ? 0 : price(box, to);
  if (spent + cost > BUDGET) return true;
  spent += cost;
  return false;
}
