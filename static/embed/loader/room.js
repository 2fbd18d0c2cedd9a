// The room that a box takes on its page. What stands below must not jump while somebody looks. A box that would
// push it away takes all its room at once; what moves is not seen on its way, and fades in where it comes to rest.
// @ts-check
import { around } from "./look.js";

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

/** When the reader last moved or pressed something: whoever does that sees things move anyway. */
export let moved = 0;
for (const name of ["wheel", "touchmove", "pointerdown", "keydown"])
  addEventListener(name, () => (moved = Date.now()), { capture: true, passive: true });

/** Nobody sees it; or the reader has done something, and the box follows at once. @param {any} box */
const free = (box) =>
  document.hidden ||
  Date.now() - moved < 400 ||
  document.activeElement === box.frame ||
  matchMedia("(prefers-reduced-motion: reduce)").matches;

/** Comments that the page's server has written where the box stands: they stay until it is there.
 * @param {any} box @returns {any} */
export const written = (box) => box.node.querySelector(".commentsvc-comments");

/** The box takes the room of what it replaces. @param {any} box */
export function replace(box) {
  const list = written(box);
  if (!list) return;
  box.now = list.offsetHeight;
  list.remove();
}

/** Room for the frame before it has said how tall it is. Whether the page has been painted yet is known too
 * late to go by. @param {any} box */
export function begin(box) {
  let at = 0;
  box.now = 0;
  if (written(box)) return;
  while (at < FIRST.length - 1 && spent + price(box, 0, FIRST[at]) > BUDGET / 2) at++;
  spent += price(box, 0, FIRST[at]);
  box.now = FIRST[at];
}

/** What stands beside the frame and beside all that is around it, with its place. @param {any} frame */
function neighbours(frame) {
  const found = [];
  for (let node = frame; node?.parentNode && node !== document.body; node = around(node))
    for (const each of node.parentNode.children)
      if (each !== node) found[found.length] = { each, top: each.getBoundingClientRect().top };
  return found;
}

/** @param {any} box @param {number} to @param {(box: any) => void} apply */
export function grow(box, to, apply) {
  const cost = free(box) ? 0 : price(box, box.now, to);
  const seen = spent + cost > BUDGET ? neighbours(box.frame) : [];
  if (!seen[0]) spent += cost;
  box.now = to;
  apply(box);
  for (const { each, top } of seen)
    if (each.getBoundingClientRect().top !== top) each.animate([{ opacity: 0 }, { opacity: 0, offset: 0.3 }], 500);
}
