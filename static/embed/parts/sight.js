// Which part of the box is in sight: a frame that is as tall as its content does not see the window, but may ask.
// @ts-check
import { $ } from "../lib/dom.js";

/** @type {IntersectionObserver | undefined} */
let asking;

/** @param {(seen: DOMRectReadOnly) => void} tell gets it in the next moment; who asks again gets only that answer */
export function inSight(tell) {
  asking?.disconnect();
  asking = new IntersectionObserver(([{ intersectionRect }]) => tell(intersectionRect));
  asking.observe($("#box"));
}
