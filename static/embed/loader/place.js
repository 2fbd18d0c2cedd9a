// The reader's scroll position. The page is short until the box has its height, so a browser that returns to a
// position further down cannot reach it: then we do, once. Part of after.js.
// @ts-check
import { around } from "./around.js";
import { depth, moved } from "./still.js";

const KEY = `commentsvc ${location.pathname}${location.search}`;
/** The scroll position to restore, in pixels; 0: none. */
let place = 0;
let boxed = false;
/** The most that the page may end below the window, not counting the box, for `place` to be used. */
const SLACK = 40;

try {
  const [{ type }] = /** @type {any[]} */ (performance.getEntriesByType("navigation"));
  const back = sessionStorage.getItem(`${KEY}!`); // they return from the page's own sign-in (signing.js)
  if ((back || type !== "navigate") && history.scrollRestoration === "auto" && !location.hash)
    place = +(sessionStorage.getItem(KEY) || 0);
  sessionStorage.removeItem(KEY);
  sessionStorage.removeItem(`${KEY}!`);
  const far = place; // browsers restore this position themselves, except on a new navigation
  const go = () => moved || scrollTo({ top: far, behavior: "instant" });
  if (back && document.readyState === "complete") go();
  else if (back) addEventListener("load", go);
} catch {
  // blocked
}

addEventListener("pagehide", () => {
  try {
    if (boxed || place) sessionStorage.setItem(KEY, `${((!moved && place) || scrollY) | 0}`);
  } catch {
    // blocked, or full
  }
});

/** A box has its height: scroll to where the reader was, unless they have scrolled since, or the page's end is not
 * where they are. @param {any} box */
export function resume(box) {
  boxed = true;
  if (moved || document.activeElement === box.frame || depth() - scrollY - box.now > SLACK) place = 0;
  if (!place || depth() < place) return;
  if (scrollY < place) scrollTo({ top: place, behavior: "instant" });
  place = 0;
}

/** Scroll to a place in a frame, or by a distance: the innermost that can, then what is around it, if it must.
 * @param {any} frame @param {any} said */
export function lead(frame, { y, by }) {
  let inner = 0;
  for (let node = around(frame); (y >= 0 || by) && node?.scrollTo; node = around(node)) {
    const was = node.scrollTop;
    if (y >= 0) {
      // with room for a header of the page
      by = frame.getBoundingClientRect().top + y - 80 - Math.max(0, node.getBoundingClientRect().top);
      by -= parseInt(getComputedStyle(node).scrollPaddingTop) || 0;
      if (inner && by > -80 && by < node.clientHeight - 160) by = 0;
      inner ||= node.scrollHeight - node.clientHeight;
    }
    if (by) node.scrollBy({ top: by, behavior: "instant" });
    by -= node.scrollTop - was;
  }
}
