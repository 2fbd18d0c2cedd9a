// The room that a box takes on its page at first. What stands below must not jump while somebody looks: what the box
// pushes away is not seen on its way, and fades in where it comes to rest. A part of the loader.
// @ts-check
import { around } from "./around.js";

/** Change the height of a box. @param {any} box @param {() => void} apply */
export function grow(box, apply) {
  const seen = []; // what stands beside the frame and beside all that is around it, with its place
  for (let node = box.frame; node?.parentNode; node = around(node))
    for (const each of node.parentNode.children) seen[seen.length] = [each, each.getBoundingClientRect().top];
  apply();
  for (const [each, top] of seen)
    if (each.getBoundingClientRect().top !== top) each.animate({ opacity: [0, 0], offset: [0, 0.3] }, 500);
}
