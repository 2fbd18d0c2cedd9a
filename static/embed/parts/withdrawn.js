// Removes a withdrawn comment from the list; if it has replies, a gap stays.
// @ts-check
import { $, page, place } from "../lib/dom.js";
import { emit } from "../lib/host.js";
import { html } from "../lib/html.js";
import { countOwn } from "../behaviours/me.js";
import { leave } from "../behaviours/own.js";

/** @param {string} id @param {string} message its text @param {string} words the text of the gap */
export function takeOut(id, message, words) {
  const node = place(id);
  if (!node.matches(".pending,.rejected")) countOwn(-1);
  if ($(`[data-parent="${id}"],[data-of="${id}"]`)) {
    node.classList.add("gap");
    $("article", node).replaceChildren(html`<p class="gone">${words}</p>`);
  } else node.remove();
  leave();
  emit("comment.remove", { href: page.href, commentID: id, message });
}
