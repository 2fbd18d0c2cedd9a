// A post or an edit has succeeded: its status is shown at the comment, which gets the focus, and for ten seconds a
// post can be undone.
// @ts-check
import { $, announce, page } from "../lib/dom.js";
import { emit, showUnlessSeen } from "../lib/host.js";
import { html } from "../lib/html.js";
import { call } from "../lib/http.js";
import { tellPart } from "../lib/parts.js";
import { reason } from "../lib/reason.js";
import { say } from "../lib/words.js";
import { showOwn } from "../behaviours/me.js";
import { note } from "../behaviours/own.js";
import { unfoldTo } from "../behaviours/thread.js";
import { takeOut } from "./withdrawn.js";

/** @typedef {import("./draft.js").Task} Task */

const SECONDS = 10;

/** Show and focus the reader's comment in its new state, and announce the state once.
 * @param {any} comment @param {Task} task @param {() => void} again opens the form with the text that was sent */
export function meet(comment, task, again) {
  page.thread ||= comment.thread_id;
  const node = showOwn({ ...comment, fresh: true });
  const isOut = comment.status === "published";
  const word = isOut ? (task.id ? "saved" : "posted") : comment.status === "rejected" ? "rejected" : "waiting";
  announce([say(word), ...(comment.reasons || [])].join(". "));
  if (node) {
    if (isOut) $("article", node).prepend(html`<div class="own done"><b aria-hidden="true">${say(word)}</b></div>`);
    node.tabIndex = -1;
    node.focus({ preventScroll: true });
    showUnlessSeen(node);
  }
  if (task.id) return;
  if (node) {
    node.classList.add("landed");
    unfoldTo(node);
    if (comment.status !== "rejected") offerUndo(node, comment, again);
    tellPart("bell", node, { node });
  }
  emit("comment.create", {
    href: page.href,
    commentID: comment.id,
    parentCommentID: comment.parent_id || undefined,
    message: comment.text,
  });
}

/** @param {any} node @param {any} comment @param {() => void} again */
function offerUndo(node, comment, again) {
  const left = html`<small aria-hidden="true">${SECONDS}</small>`;
  left.style.marginInlineStart = "0.4em"; // a space would be underlined with the link
  const button = html`<button type="button" class="link">${say("undo")}${left}</button>`;
  const end = Date.now() + SECONDS * 1000;
  const timer = setInterval(() => {
    const seconds = Math.ceil((end - Date.now()) / 1000);
    left.textContent = seconds;
    if (seconds > 0 && button.isConnected) return;
    clearInterval(timer);
    if (button === document.activeElement) node.focus({ preventScroll: true });
    if (!button.disabled) button.remove();
  }, 250);
  button.onclick = async () => {
    button.disabled = true;
    try {
      await call("DELETE", `/comments/${comment.id}`);
    } catch (error) {
      button.remove();
      return note($("article", node), reason(error));
    }
    clearInterval(timer);
    takeOut(comment.id, comment.text, say("undone"));
    again();
    showUnlessSeen(/** @type {Element} */ (document.activeElement));
    announce(say("undone"));
  };
  $(":scope > article > .own", node)?.append(" ", button);
}
