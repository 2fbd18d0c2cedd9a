// What the reader sees stays where it is, while comments above it shrink or go.
// @ts-check
import { $$ } from "../lib/dom.js";
import { tell } from "../lib/host.js";
import { inSight } from "./sight.js";

/** What is in sight or below it, and where; of a list that is all below, only where it begins.
 * @param {DOMRectReadOnly} seen @returns {[any, DOMRect][]} */
const reached = (seen) =>
  $$(".list,.foot,#say")
    .flatMap((node) => {
      const { top, bottom } = node.getBoundingClientRect();
      return node.matches(".list") && top < seen.bottom && bottom > seen.top ? $$("article", node) : [node];
    })
    .map((node) => /** @type {[any, DOMRect]} */ ([node, node.getBoundingClientRect()]))
    .filter(([, { bottom }]) => bottom > seen.top);

/** Change comments. What is above one that begins in sight stays in its place, or else what is below it: a comment, or
 * the end of the box. @param {() => void} change */
export async function hold(change) {
  /** @type {DOMRectReadOnly | undefined} */
  const seen = await new Promise((done) => {
    inSight(done);
    setTimeout(done, 500); // nobody looks
  });
  const there = seen?.height ? reached(seen) : [];
  change();
  dispatchEvent(new Event("measure")); // lists that are not drawn (asleep.js)
  if (!seen) return;
  for (const [node, { top, height }] of there) {
    const now = node.getBoundingClientRect();
    const begins = top > seen.top - 1;
    if (begins && !node.isConnected) return; // what is above has not changed
    if (now.height !== height && !begins) continue;
    const by = now.top - top;
    // there is room for what has grown once the frame has
    if (by > 0) addEventListener("resize", () => tell({ by }), { once: true });
    else if (by) tell({ by });
    return;
  }
}
