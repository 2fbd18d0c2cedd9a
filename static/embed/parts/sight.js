// The visible part of the box: a frame as tall as its content does not know the window, but can ask.
// @ts-check
import { $ } from "../lib/dom.js";

/** @type {IntersectionObserver | undefined} */
let asking;

/** @param {(seen: DOMRectReadOnly) => void} then is called soon; a new call replaces the last one */
export function inSight(then) {
  asking?.disconnect();
  asking = new IntersectionObserver(([{ intersectionRect }]) => then(intersectionRect));
  asking.observe($("#box"));
}
