// Drafts that were not sent: at which comments they are, and which is the latest.
// @ts-check
import { $, $$, page, place } from "../lib/dom.js";
import { html } from "../lib/html.js";
import { kept, keysOf } from "../lib/store.js";
import { say } from "../lib/words.js";

/** The storage key of a draft. Edits and replies have separate keys.
 * @param {{id?: string, parent?: string}} task */
export const slotOf = ({ id, parent }) => `draft:${page.href}:${id ? `edit:${id}` : parent || ""}`;

/** Whether there is a draft of a new comment. */
export const wasBegun = () => kept(slotOf({}));

/** The button that opens the draft kept under this key, if it is on this page. @param {string} slot */
function buttonOf(slot) {
  const [id, edit] = slot.split(":").reverse();
  const node = place(id);
  return node && $(`article > footer > [data-action=${edit === "edit" ? edit : "reply"}]`, node);
}

/** Mark "Reply" and "Edit" buttons that have a draft; without looking at each, of thousands. */
export function markBegun() {
  const begun = [...keysOf(slotOf({}))].map(buttonOf);
  for (const mark of $$(".begun")) if (!begun.includes(mark.parentNode)) mark.remove();
  for (const button of begun)
    if (button && !$(".begun", button)) button.append(html`<span class="begun">· ${say("draft")}</span>`);
}

/** The button that opens the latest draft, if it is on this page. */
export const lastBegun = () => {
  const last = kept(`last:${page.href}`);
  return last && kept(slotOf(last)) && buttonOf(slotOf(last));
};
