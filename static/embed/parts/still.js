// What the reader sees stays where it is, while comments above it shrink or go.
// @ts-check
import { $$ } from "../lib/dom.js";
import { tell } from "../lib/host.js";
import { inSight } from "./sight.js";

/** Change the list; the first comment in sight that does not change itself stays in its place. @param {() => void} change */
export async function hold(change) {
  /** @type {DOMRectReadOnly | undefined} */
  const seen = await new Promise((done) => {
    inSight(done);
    setTimeout(done, 500); // nobody looks
  });
  const there = $$(".list article").map((node) => [node, node.getBoundingClientRect()]);
  change();
  for (const [node, { top, bottom, height }] of there) {
    if (!seen || bottom <= seen.top || top >= seen.bottom) continue;
    const now = node.getBoundingClientRect();
    if (now.height !== height) continue;
    const by = now.top - top;
    // there is room for what has grown once the frame has
    if (by > 0) addEventListener("resize", () => tell({ by }), { once: true });
    else if (by) tell({ by });
    return;
  }
}
