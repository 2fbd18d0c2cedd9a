// Where texts were begun but not sent: at which comment, and which was the last.
// @ts-check
import { $, $$, idOf, page, place } from "../lib/dom.js";
import { html } from "../lib/html.js";
import { kept } from "../lib/store.js";
import { say } from "../lib/words.js";

/** Where a text for a place is kept; what is edited is not what is answered.
 * @param {{id?: string, parent?: string}} task */
export const slotOf = ({ id, parent }) => `draft:${page.href}:${id ? `edit:${id}` : parent || ""}`;

/** Whether a new comment was begun here before. */
export const wasBegun = () => kept(slotOf({}));

/** Say at "Reply" and "Edit" that a text was begun there. */
export function markBegun() {
  for (const button of $$("[data-action=reply],[data-action=edit]")) {
    const id = idOf(button);
    const begun = kept(slotOf(button.dataset.action === "edit" ? { id } : { parent: id }));
    const mark = $(".begun", button);
    if (begun && !mark) button.append(html`<span class="begun">· ${say("draft")}</span>`);
    else if (!begun) mark?.remove();
  }
}

/** The button that opens what was written last, if it is here. */
export const lastBegun = () => {
  const last = kept(`last:${page.href}`);
  const node = last && place(last.id || last.parent);
  return node && kept(slotOf(last)) && $(`article > footer > [data-action=${last.id ? "edit" : "reply"}]`, node);
};
