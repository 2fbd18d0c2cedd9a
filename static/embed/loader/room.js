// The room that a box takes on its page at first. What stands below must not jump while somebody looks: what the box
// pushes away is not seen on its way, and fades in where it comes to rest. A part of the loader.
// @ts-check
import { around } from "./glance.js";

/** When the reader last moved or pressed something: whoever does that sees things move anyway. */
let act = 0;
for (const name of ["wheel", "touchmove", "pointerdown", "keydown"])
  addEventListener(name, () => (act = Date.now()), true);
export const moved = () => act;

/** Change the height of a box. @param {any} box @param {() => void} apply */
export function grow(box, apply) {
  const seen = []; // what stands beside the frame and beside all that is around it, with its place
  if (Date.now() - act > 400 && !matchMedia("(prefers-reduced-motion: reduce)").matches)
    for (let node = box.frame; node?.parentNode && node !== document.body; node = around(node))
      for (const each of node.parentNode.children) seen[seen.length] = [each, each.getBoundingClientRect().top];
  apply();
  for (const [each, top] of seen)
    if (each.getBoundingClientRect().top !== top) each.animate([{ opacity: 0 }, { opacity: 0, offset: 0.3 }], 500);
}
