// The room that a box takes on its page. What stands below must not jump while somebody looks: what would be
// seen as a jump is a glide, in steps that browsers do not count as a layout shift (less than 3 px a frame).
// @ts-check

const STEP = 2.9;
/** Layout shift that this page may see of us, all together; 0.1 is where browsers begin to call it poor. */
const BUDGET = 0.04;
const FIRST = [400, 240, 110, 48, 24];
let spent = 0;

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

/** When the reader last moved the page: whoever does that sees it move anyway. */
let moved = 0;
addEventListener("wheel", () => (moved = Date.now()));

/** Nobody sees it; or the reader has done something, and the box follows at once. @param {any} box */
const free = (box) =>
  document.hidden ||
  Date.now() - moved < 400 ||
  document.activeElement === box.frame ||
  matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Room for the frame before it has said how tall it is. @param {any} box */
export function begin(box) {
  let at = 0;
  while (at < FIRST.length - 1 && spent + price(box, 0, FIRST[at]) > BUDGET / 2) at++;
  spent += price(box, 0, FIRST[at]);
  box.now = box.to = FIRST[at];
}

/** @param {any} box @param {number} to @param {(box: any) => void} apply */
export function grow(box, to, apply) {
  box.to = to;
  if (box.glides) return;
  const cost = price(box, box.now, to);
  if (free(box) || spent + cost <= BUDGET) {
    if (!free(box)) spent += cost;
    box.now = to;
    apply(box);
  } else glide(box, apply);
}

/** @param {any} box @param {(box: any) => void} apply */
function glide(box, apply) {
  box.glides = true;
  requestAnimationFrame(() => {
    const left = box.to - box.now;
    const next = box.now + Math.max(-STEP, Math.min(STEP, left));
    box.now = free(box) || !price(box, next, box.to) ? box.to : next;
    box.glides = false;
    apply(box);
    if (box.now !== box.to && box.frame.isConnected) glide(box, apply);
  });
}
