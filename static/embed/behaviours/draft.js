// Drafts that were not sent: at which comments they are, and which is the latest.
// @ts-check
import { $, $$, idOf, page, place } from "../lib/dom.js";
import { html } from "../lib/html.js";
import { kept, keysOf } from "../lib/store.js";
import { say } from "../lib/words.js";

/** The storage key of a draft. Edits and replies have separate keys.
 * @param {{id?: string, parent?: string}} task */
export const slotOf = ({ id, parent }) => `draft:${page.href}:${id ? `edit:${id}` : parent || ""}`;

/** Whether there is a draft of a new comment. */
export const wasBegun = () => kept(slotOf({}));

/** Mark "Reply" and "Edit" buttons that have a draft. */
export function markBegun() {
  const drafts = keysOf(slotOf({}));
  // hundreds of buttons, and mostly no draft
  for (const button of $$(drafts.size ? "[data-action=reply],[data-action=edit]" : ":has(> .begun)")) {
    const id = idOf(button);
    const begun = drafts.has(slotOf(button.dataset.action === "edit" ? { id } : { parent: id }));
    const mark = $(".begun", button);
    if (begun && !mark) button.append(html`<span class="begun">· ${say("draft")}</span>`);
    else if (!begun) mark?.remove();
  }
}

/** The button that opens the latest draft, if it is on this page. */
export const lastBegun = () => {
  const last = kept(`last:${page.href}`);
  const node = last && place(last.id || last.parent);
  return node && kept(slotOf(last)) && $(`article > footer > [data-action=${last.id ? "edit" : "reply"}]`, node);
};
