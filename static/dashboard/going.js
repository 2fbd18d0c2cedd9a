// @ts-check
// Going to another page: not before decisions on their way are answered, nor while there is no server.

import * as cards from "./cards.js";
import { leave } from "./lib/leaving.js";
import { say } from "./lib/page.js";
import { isAway } from "./lib/reach.js";
import { allSent, hint } from "./undo.js";

const PATIENCE = 3000; // milliseconds: a page that is left waits so long for answers

// A decision on its way can be undone on the next page only once it is answered: links wait for that, after whatever
// else a click does.
window.addEventListener("click", (event) => {
  const link = /** @type {Element} */ (event.target).closest?.("a[href]");
  const { button, ctrlKey, metaKey, shiftKey, altKey } = event;
  if (!(link instanceof HTMLAnchorElement) || link.target || button || ctrlKey || metaKey || shiftKey || altKey) return;
  if (event.defaultPrevented || !(cards.away.size || isAway()) || link.origin !== location.origin) return;
  if (link.hash && link.href.split("#")[0] === location.href.split("#")[0]) return; // a place on this page
  event.preventDefault(); // no server: the browser's error page would take the place of this one
  goTo(link.href);
});

/** Leave for another page, once decisions on their way are answered. @param {string} address */
export async function goTo(address) {
  if (isAway()) return hint(say("js.offline"));
  if (cards.away.size) await Promise.race([allSent(), new Promise((over) => setTimeout(over, PATIENCE))]);
  leave(address);
}
