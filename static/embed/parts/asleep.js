// Lists that nobody looks at are not drawn (arriving.css), and keep their height: what a reader does costs as much in a
// long conversation as in a short one.
// @ts-check
import { $, $$ } from "../lib/dom.js";

/** A list sleeps when it has its height. @param {any[]} lists */
export function lull(lists) {
  const heights = lists.map((each) => each.getBoundingClientRect().height);
  lists.forEach((each, at) => {
    each.style.containIntrinsicBlockSize = `auto ${heights[at]}px`;
    each.classList.add("asleep");
  });
}

/** Whether it is not drawn now; browsers that cannot say it draw everything. @param {any} list */
const sleeps = (list) =>
  list?.matches(".asleep") && !list.firstElementChild?.checkVisibility?.({ contentVisibilityAuto: true });

/** Those whose height may have changed are drawn once. @param {Iterable<any>} lists */
function wake(lists) {
  const woken = [...lists].filter(sleeps);
  for (const each of woken) each.classList.remove("asleep");
  if (woken.length) requestAnimationFrame(() => requestAnimationFrame(() => lull(woken)));
}
const wakeAll = () => wake($$(".asleep"));

/** @param {MutationRecord[]} changes */
function heard(changes) {
  const lists = new Set();
  for (const { target, type } of changes) {
    const node = /** @type {any} */ (target);
    // a date is as long as before, and what happens to a list itself is our doing
    if (node.matches("time") || (type === "attributes" && node.matches(".further"))) continue;
    lists.add(node.closest(".further"));
  }
  wake(lists);
}
const changed = new MutationObserver(heard);
changed.observe($("#box"), { subtree: true, childList: true, attributeFilter: ["class", "hidden", "open"] });
// whoever measures what they have changed (still.js)
addEventListener("measure", () => heard(changed.takeRecords()));

// all of them have another height in another width or typeface
let wide = 0;
new ResizeObserver(([{ contentRect }]) => {
  if (wide && wide !== contentRect.width) wakeAll();
  wide = contentRect.width;
}).observe($("#box"));
new MutationObserver(wakeAll).observe(document.documentElement, { attributeFilter: ["style"] });
document.fonts.addEventListener("loadingdone", wakeAll);
