// The room that a box takes on its page. What stands below must not jump while somebody looks. A box that would
// push it away shows all of itself at once, over it; what it covers then glides from under it, in steps that
// browsers do not count as a layout shift (less than 3 px a frame).
// @ts-check

const STEP = 2.9;
/** Layout shift that this page may see of us, all together; 0.1 is where browsers begin to call it poor. */
const BUDGET = 0.04;
const FIRST = [400, 240, 110, 48, 24];
let spent = 0;
/** The box that stands over what is below it: one at a time. @type {any} */
let covering;

/** Where what stands on the page ends, in the window. */
function end() {
  const page = document.documentElement;
  const shown = Math.max(page.getBoundingClientRect().bottom, document.body.getBoundingClientRect().bottom);
  return Math.min(innerHeight, page.scrollHeight > innerHeight ? page.scrollHeight - scrollY : shown);
}

/** The layout shift that this change would be: how much of the window moves, times how far.
 * @param {any} box @param {number} from @param {number} to */
function price(box, from, to) {
  const at = box.frame.isConnected
    ? box.frame.getBoundingClientRect()
    : { top: box.node.getBoundingClientRect().bottom };
  const last = end();
  const before = last - at.top - from;
  const after = Math.min(innerHeight, last + to - from) - at.top - to;
  const moves = Math.max(0, before) + Math.max(0, after);
  if (at.top + Math.max(from, to) <= 0) return 0; // above the window: browsers keep what is read in its place
  return (Math.min(1, moves / innerHeight) * Math.abs(to - from)) / Math.max(innerWidth, innerHeight);
}

/** When the reader last moved or pressed something: whoever does that sees things move anyway. */
let moved = 0;
for (const name of ["wheel", "touchmove", "pointerdown", "keydown"])
  addEventListener(name, () => (moved = Date.now()), { capture: true, passive: true });

/** Nobody sees it; or the reader has done something, and the box follows at once. @param {any} box */
const free = (box) =>
  document.hidden ||
  Date.now() - moved < 400 ||
  document.activeElement === box.frame ||
  matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Room for the frame before it has said how tall it is: what an empty one needs, if nothing is painted yet.
 * @param {any} box */
export function begin(box) {
  const painted = performance.getEntriesByType("paint").length;
  const cost = (/** @type {number} */ height) => (painted ? price(box, 0, height) : 0);
  let at = painted ? 0 : 1;
  while (at < FIRST.length - 1 && spent + cost(FIRST[at]) > BUDGET / 2) at++;
  spent += cost(FIRST[at]);
  box.now = box.to = FIRST[at];
}

/** @param {any} box @param {number} to @param {(box: any) => void} apply */
export function grow(box, to, apply) {
  box.to = to;
  if (box.glides) return apply(box);
  const cost = price(box, box.now, to);
  if (free(box) || spent + cost <= BUDGET) {
    if (!free(box)) spent += cost;
    box.now = to;
    return apply(box);
  }
  if (!covering && box.page) {
    covering = box;
    box.margin = parseFloat(getComputedStyle(box.frame).marginBottom) || 0;
  }
  apply(box);
  glide(box, apply);
}

/** How much of the box stands over what is below it. It needs a ground for that, the page's own colour.
 * @param {any} box */
export const over = (box) => (covering === box ? Math.max(0, box.to - box.now) : 0);

/** Whether something of the page stands over the box where it covers the page. @param {any} box */
function hidden({ frame, now }) {
  const at = frame.getBoundingClientRect();
  const seen = frame.getRootNode().elementFromPoint(at.left + at.width / 2, at.top + now + 9);
  return seen && seen !== frame;
}

/** @param {any} box @param {(box: any) => void} apply */
function glide(box, apply) {
  box.glides = true;
  requestAnimationFrame(() => {
    const left = box.to - box.now;
    const next = box.now + Math.max(-STEP, Math.min(STEP, left));
    box.now = free(box) || !price(box, next, box.to) ? box.to : next;
    box.glides = box.now !== box.to && box.frame.isConnected;
    if (covering === box && (!box.glides || (over(box) > 9 && hidden(box)))) covering = null;
    apply(box);
    if (box.glides) glide(box, apply);
  });
}
