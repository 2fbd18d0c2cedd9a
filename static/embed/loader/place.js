// Where the reader was. The page is short until the box has its height, so a browser that goes back to a place
// further down cannot reach it: then we do, once. Part of what comes after the loader.
// @ts-check
import { moved } from "./still.js";

const KEY = `commentsvc ${location.pathname}${location.search}`;
/** How far down, in pixels; 0: nothing to do. */
let place = 0;
let boxed = false;
/** What a box takes, at most, before it has a height, beyond the least that it has then. */
const SLACK = 40;

try {
  const [{ type }] = /** @type {any[]} */ (performance.getEntriesByType("navigation"));
  const back = sessionStorage.getItem(`${KEY}!`); // from where the page signs them in (signing.js)
  if ((back || type !== "navigate") && history.scrollRestoration === "auto" && !location.hash)
    place = +(sessionStorage.getItem(KEY) || 0);
  for (const each of [KEY, `${KEY}!`]) sessionStorage.removeItem(each);
  const far = place; // the way there that browsers go themselves, but for a page that is opened anew
  const go = () => moved() || scrollTo({ top: far, behavior: "instant" });
  if (back && document.readyState === "complete") go();
  else if (back) addEventListener("load", go);
} catch {
  // blocked
}

addEventListener("pagehide", () => {
  try {
    if (boxed || place) sessionStorage.setItem(KEY, `${Math.round((!moved() && place) || scrollY)}`);
  } catch {
    // blocked, or full
  }
});

/** How far down one can scroll. */
const depth = () => document.documentElement.scrollHeight - innerHeight;

/** A box has taken its height: go where the reader was, unless they have moved since, or the page's end was not
 * where they are. @param {any} box */
export function resume(box) {
  boxed = true;
  if (moved() || document.activeElement === box.frame || depth() - scrollY - box.now > SLACK) place = 0;
  if (!place || depth() < place) return;
  if (scrollY < place) scrollTo({ top: place, behavior: "instant" });
  place = 0;
}
