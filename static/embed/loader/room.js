// How a box grows. Content below must not jump visibly: what the box pushes down is hidden while it moves, and fades
// in at its new place. Part of the loader.
// @ts-check
import { around } from "./around.js";

/** Change the height of a box. @param {any} box @param {() => void} apply */
export function grow(box, apply) {
  const seen = []; // siblings of the frame and of its ancestors, with their positions
  for (let node = box.frame; node?.parentNode; node = around(node))
    for (const each of node.parentNode.children) seen[seen.length] = [each, each.getBoundingClientRect().top];
  apply();
  for (const [each, top] of seen)
    if (each.getBoundingClientRect().top !== top) each.animate({ opacity: [0, 0], offset: [0, 0.3] }, 500);
}
