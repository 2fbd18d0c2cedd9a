// @ts-check
// Appeals and notices, by key: the letter of a decision goes to its button, or to the field that it needs; Enter
// confirms, because these decisions cannot be undone.

import { say } from "./lib/page.js";
import { tell } from "./lib/toast.js";

/**
 * Go to what a key means on this case. In the queue, and on a comment's own page, there is nothing of the kind.
 * @param {HTMLElement} card
 * @param {"approve" | "reject" | "claim"} act
 */
export function toCase(card, act) {
  const found = card.querySelector(`[data-decides="${act}"]`);
  if (!(found instanceof HTMLElement)) return false;
  const around = found.closest("details");
  if (around) around.open = true;
  let to = found;
  if (found instanceof HTMLInputElement) {
    found.checked = true;
    to = found.form?.querySelector("textarea") ?? found;
  }
  to.focus({ preventScroll: true });
  to.scrollIntoView({ block: "nearest", behavior: "instant" });
  tell(say(to instanceof HTMLTextAreaElement ? "js.ground_first" : "js.enter_confirms"));
  return true;
}
