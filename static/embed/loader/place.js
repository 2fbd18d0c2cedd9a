// Where the reader was. The page is short until the box has its height, so a browser that goes back to a place
// further down cannot reach it: then we do, once. A part of the loader.
// @ts-check
import { moved } from "./room.js";

const KEY = `commentsvc ${location.pathname}${location.search}`;
/** How far down, in pixels; 0: nothing to do. */
let place = 0;
let boxed = false;
/** What a box may take before it has a height. */
const SLACK = 440;

try {
  const [{ type }] = /** @type {any[]} */ (performance.getEntriesByType("navigation"));
  const back = sessionStorage.getItem(`${KEY}!`); // from where the page signs them in (signing.js)
  if ((back || type !== "navigate") && history.scrollRestoration === "auto" && !location.hash)
    place = +(sessionStorage.getItem(KEY) || 0);
  for (const each of [KEY, `${KEY}!`]) sessionStorage.removeItem(each);
  const far = place; // the way there that browsers go themselves, but for a page that is opened anew
  if (back) addEventListener("load", () => moved || scrollTo({ top: far, behavior: "instant" }));
} catch {
  // blocked
}

addEventListener("pagehide", () => {
  try {
    if (boxed || place) sessionStorage.setItem(KEY, `${Math.round((!moved && place) || scrollY)}`);
  } catch {
    // blocked, or full
  }
});

/** How far down one can scroll. */
const depth = () => document.documentElement.scrollHeight - innerHeight;

/** Give a box its height, and go where the reader was, unless they have moved since: then the page's end is not
 * where they are. @param {any} box @param {() => void} grow */
export function resume(box, grow) {
  boxed = true;
  if (moved || document.activeElement === box.frame || depth() - scrollY > SLACK) place = 0;
  grow();
  if (!place || depth() < place) return;
  if (scrollY < place) scrollTo({ top: place, behavior: "instant" });
  place = 0;
}
