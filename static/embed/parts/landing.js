// A post or an edit has succeeded: its status is shown at the comment, which gets the focus, and for ten seconds a
// post can be undone. Until then, the wait between two attempts to send it.
// @ts-check
import { $, announce, page, place } from "../lib/dom.js";
import { emit, showUnlessSeen } from "../lib/host.js";
import { html } from "../lib/html.js";
import { call } from "../lib/http.js";
import { given, tellPart } from "../lib/parts.js";
import { kept } from "../lib/store.js";
import { say } from "../lib/words.js";
import { markBegun } from "../behaviours/draft.js";
import { showOwn } from "../behaviours/me.js";
import { note } from "../behaviours/own.js";
import { unfoldTo } from "../behaviours/thread.js";
import { newerOf, takeOut, takeReply } from "./withdrawn.js";

/** @typedef {import("./draft.js").Task} Task */
/** @typedef {import("./draft.js").Draft} Draft */
/** @typedef {import("./form.js").Form} Form */
/** @typedef {Draft["now"]} Sent */

const SECONDS = 10;
const AGAIN = 3000; // milliseconds until an undo without a connection is tried again

/** Show and focus the reader's comment in its new state, and announce the state once.
 * @param {any} comment @param {Task} task @param {Draft} draft @param {Form} view @param {Sent} sent */
export function meet(comment, task, draft, view, sent) {
  page.thread ||= comment.thread_id;
  const node = showOwn({ ...comment, fresh: true });
  const isOut = comment.status === "published";
  const word = isOut ? (task.id ? "saved" : "posted") : comment.status === "rejected" ? "rejected" : "waiting";
  announce([say(word), ...(comment.reasons || [])].join(". "));
  if (node) {
    if (isOut) $("article", node).prepend(html`<div class="own done"><b aria-hidden="true">${say(word)}</b></div>`);
    if (isOut) setTimeout(retire, SECONDS * 1000, $(".done", node));
    node.classList.add("sent");
    node.tabIndex = -1;
    node.focus({ preventScroll: true });
    showUnlessSeen(node);
  }
  // an edit has drawn the comment anew, without the offer of emails
  if (node) tellPart("bell", !task.id, { node, isNew: !task.id });
  if (task.id) return;
  if (node) {
    node.classList.add("landed");
    unfoldTo(node);
    if (comment.status !== "rejected")
      offerUndo(node, comment, (now, reply) => again(task, draft, view, now || sent, reply));
  }
  emit("comment.create", {
    href: page.href,
    commentID: comment.id,
    parentCommentID: comment.parent_id || undefined,
    message: comment.text,
  });
}

/** @param {any} node @param {any} comment @param {(now: Sent | null, reply: string) => void} again */
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
    const line = button.parentNode;
    // where it had two lines, nothing moves
    if (line) line.style.minHeight = `${line.offsetHeight}px`;
    button.remove();
  }, 250);
  const undo = async (/** @type {boolean} */ isAgain) => {
    clearInterval(timer); // once pressed, it stays until it has worked
    left.textContent = "";
    button.ariaDisabled = "true";
    if (!isAgain) note(button, "");
    try {
      await call("DELETE", `/comments/${comment.id}`);
    } catch (error) {
      if (/** @type {any} */ (error).status) return refused(button, left, error, undo);
      if (!isAgain) note(button, say("offline"));
      return setTimeout(() => button.isConnected && undo(true), AGAIN);
    }
    const newer = newerOf(comment.id);
    const reply = takeReply(comment.id);
    takeOut(comment.id, comment.text, say("undone"));
    again(newer, reply);
    showUnlessSeen(/** @type {Element} */ (document.activeElement));
    announce(say("undone"));
  };
  button.onclick = () => button.ariaDisabled || undo(false);
  $(":scope > article > .own", node)?.append(" ", button);
}

/** Say why it was not undone. Whoever has to wait sees for how long, and then it is tried again by itself.
 * @param {any} button @param {any} left where seconds are counted @param {any} error @param {(isAgain: boolean) => void} undo */
function refused(button, left, error, undo) {
  const { status, wait } = error;
  note(button, error);
  const count = (/** @type {number} */ seconds) => {
    left.textContent = seconds;
    if (!button.isConnected) return;
    if (seconds > 0) setTimeout(count, 1000, seconds - 1);
    else undo(false);
  };
  if (status === 429 && wait) return count(wait);
  button.ariaDisabled = null;
  if (status && status < 500 && status !== 429) button.remove();
}

/** A post was undone: put its text, and a reply to it that was begun, back into its form.
 * @param {Task} task @param {Draft} draft @param {Form} view @param {Sent} sent @param {string} reply */
function again(task, draft, view, { text, mentions }, reply) {
  const begun = kept(draft.slot);
  const all = [begun?.text, text, reply].filter(Boolean).join("\n\n");
  draft.now = begun ? { ...begun, text: all } : { text: all, mentions, asked: true };
  const { now } = draft;
  draft.write(now.text);
  const above = task.parent && place(task.parent);
  if (above) return given.actions.reply($("article > footer > [data-action=reply]", above));
  view.area.value = now.text;
  if (!view.isOpen()) view.open(now.text);
  view.fit();
  view.area.focus({ preventScroll: true });
  markBegun();
}

/** It is known by now: the line folds away while it is in sight and nobody writes in the list, so that nothing moves
 * under the reader's fingers, or above what they read.
 * @param {any} line */
function retire(line) {
  const isUsed = () => $("button", line) || $(".list article > form, .list form:focus-within"); // undone, or written
  if (isUsed()) return line.isConnected && setTimeout(retire, 1000, line);
  const sight = new IntersectionObserver(([entry]) => {
    if (!entry.isIntersecting) return;
    sight.disconnect();
    if (isUsed()) retire(line);
    else fold(line);
  });
  sight.observe(line);
}

/** @param {any} line */
async function fold(line) {
  const duration = matchMedia("(prefers-reduced-motion: reduce)").matches ? 0 : 250;
  const height = [`${line.offsetHeight}px`, "0"];
  line.style.overflow = "hidden";
  line.style.minHeight = "0";
  await line.animate({ opacity: [1, 0, 0], height, marginBlock: "0" }, duration).finished;
  line.remove();
}

/** Wait for the next attempt: until the time is over, the connection is back, or the reader stops the sending, by
 * going on or by closing the form.
 * @param {number} seconds @param {Form} view @param {boolean} isOff there is no connection at all
 * @returns {Promise<"time" | "online" | "stop">} */
async function rest(seconds, view, isOff) {
  view.tell(say(isOff ? "offline_long" : "offline"));
  view.lock(false);
  /** @type {"time" | "online" | "stop"} */
  const ended = await new Promise((done) => {
    view.stop = () => done("stop");
    setTimeout(() => done("time"), seconds * 1000);
    addEventListener("online", () => done("online"), { once: true });
  });
  view.stop = undefined;
  // another form may have taken its place
  const isOver = ended === "stop" || !view.form.isConnected;
  if (isOver) view.tell("");
  else view.lock(true);
  return isOver ? "stop" : ended;
}

meet.rest = rest;
