// The visible part of the box: a frame as tall as its content does not know the window, but can ask.
// @ts-check
import { $ } from "../lib/dom.js";
import { tell } from "../lib/host.js";

/** @type {IntersectionObserver | undefined} */
let asking;

/** @param {(seen: DOMRectReadOnly) => void} then is called soon; a new call replaces the last one */
export function inSight(then) {
  asking?.disconnect();
  asking = new IntersectionObserver(([{ intersectionRect }]) => then(intersectionRect));
  asking.observe($("#box"));
}

/** What has just opened, and is lower than any window, is in sight once the frame has its height. @param {any} node */
export function reveal(node) {
  if (parent === window) return node.scrollIntoView({ block: "nearest" });
  const look = () =>
    inSight(({ bottom, height }) => {
      const by = Math.ceil(node.getBoundingClientRect().bottom + 8 - bottom);
      if (height && by > 0 && node.isConnected) tell({ by });
    });
  addEventListener("resize", look, { once: true });
}
