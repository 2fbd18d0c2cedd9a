// Removes a withdrawn comment from the list; if it has replies, a gap stays. What was being written there is not lost.
// @ts-check
import { $, $$, page, place } from "../lib/dom.js";
import { emit } from "../lib/host.js";
import { html } from "../lib/html.js";
import { keep, kept } from "../lib/store.js";
import { slotOf } from "../behaviours/draft.js";
import { countOwn } from "../behaviours/me.js";
import { leave } from "../behaviours/own.js";

/** The focus goes to the gap, or to the comment that takes the place.
 * @param {string} id @param {string} message its text @param {string} words the text of the gap */
export function takeOut(id, message, words) {
  const node = place(id);
  const all = $$(".list .c").filter((each) => each.checkVisibility());
  const at = all.indexOf(node);
  let next = all[at + 1] || all[at - 1];
  if (!node.matches(".pending,.rejected")) countOwn(-1);
  // the offer of emails has gone with it (answers.js): nobody has passed it over
  if ($(":scope > article > .offer", node)) keep("no_replies_email", null);
  if ($(`[data-parent="${id}"],[data-of="${id}"]`)) {
    node.classList.add("gap");
    $("article", node).replaceChildren(html`<p class="gone">${words}</p>`);
    next = node;
  } else node.remove();
  if (next) {
    next.tabIndex = -1;
    next.focus({ preventScroll: true });
  } else leave();
  emit("comment.remove", { href: page.href, commentID: id, message });
}

/** @param {string} slot @returns {import("./draft.js").Draft["now"] | null} what was begun there, which goes on elsewhere */
function take(slot) {
  const begun = kept(slot);
  keep(slot, null);
  return begun;
}

/** The edit of a comment that was begun. @param {string} id */
export const newerOf = (id) => take(slotOf({ id }));

/** The text of a reply to a comment that was begun. @param {string} id */
export const takeReply = (id) => take(slotOf({ parent: id }))?.text || "";

/** A reply to that comment was begun: its words go to the main form, after those that are there and once they are not on
 * their way. @param {string} id */
export function moveReply(id) {
  const area = $("#write textarea");
  if (area?.readOnly && !area.closest(".kept")) return setTimeout(moveReply, 500, id);
  const text = takeReply(id);
  if (!text) return;
  const slot = slotOf({});
  const begun = kept(slot);
  const all = [area?.value || begun?.text, text].filter(Boolean).join("\n\n");
  keep(slot, { ...begun, text: all, key: undefined, tried: false });
  if (!area) return;
  area.value = all;
  area.dispatchEvent(new Event("input", { bubbles: true })); // the form's own draft follows
}
