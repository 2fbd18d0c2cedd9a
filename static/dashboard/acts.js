// @ts-check
// Other actions on a card: reply, feature, close its conversation.

import { doing, outcome } from "./doing.js";
import { api, post } from "./lib/http.js";
import { data, ours, say } from "./lib/page.js";
import { stepsOf, take } from "./lib/steps.js";
import { close, closeOthers, layPicker } from "./picker.js";
import { approved, decideAlone, isDone, leave, sendForm } from "./queue.js";
import { renew } from "./settled.js";

/** @typedef {import("./lib/http.js").Answer} Answer */

/** @param {HTMLElement} card */
function approving(card) {
  const form = card.dataset.status === "published" ? null : card.querySelector(".approve-form");
  return form instanceof HTMLFormElement ? form : null;
}

/** Open the form for a reply, with its draft. @param {HTMLElement} card */
export function openReply(card) {
  if (isDone(card) || (card.dataset.status !== "published" && !approving(card))) return false;
  const acts = card.querySelector(".acts");
  const pattern = document.getElementById("reply-form");
  if (!acts || !(pattern instanceof HTMLTemplateElement)) return false;
  let form = card.querySelector(".reply-form");
  if (!form) {
    acts.append(document.importNode(pattern.content, true));
    form = /** @type {HTMLElement} */ (card.querySelector(".reply-form"));
    const words = say(approving(card) ? "act.reply_approve" : "act.reply");
    /** @type {HTMLElement} */ (form.querySelector(".primary")).textContent = words;
  }
  if (!(form instanceof HTMLElement)) return false;
  form.hidden = false;
  closeOthers(form);
  layPicker(card);
  form.querySelector("textarea")?.focus({ preventScroll: true });
  return true;
}

/**
 * Publish the reply, after approving its parent if that is waiting.
 * @param {HTMLElement} card
 * @param {HTMLFormElement} form
 */
export async function sendReply(card, form) {
  const text = String(new FormData(form).get("text"));
  if (!text.trim() || form.ariaBusy === "true") return;
  const approval = approving(card);
  if (approval && document.getElementById("cards")) {
    close(card);
    leave(card, say("js.replied_approved"), () => approveAndReply(card, approval, text));
    return;
  }
  form.ariaBusy = "true";
  if (approval) {
    if (await decideAlone(card, say("js.replied_approved"), () => approveAndReply(card, approval, text))) form.remove();
    form.ariaBusy = null;
    return;
  }
  const words = say("js.replied");
  const done = (/** @type {Answer} */ { body }) => ({ steps: [{ ...withdrawal(body), say: "js.reply_withdrawn" }] });
  close(card);
  card.focus({ preventScroll: true });
  const isSent = await doing(card, { words, ask: () => write(card, text), done });
  form.ariaBusy = null;
  if (isSent) form.remove();
  else if (card.contains(document.activeElement)) openReply(card);
}

/** @param {{id: string, draft?: Record<string, string>}} reply @returns {import("./lib/steps.js").Step} */
const withdrawal = ({ id, draft }) => ({ api: ["DELETE", `/comments/${id}`], draft });

/**
 * @param {HTMLElement} card
 * @param {string} text
 */
function write(card, text) {
  const { site, href, id } = card.dataset;
  return api("POST", "/comments", { site, href, text, parent_id: id });
}

/**
 * Approve the comment, then reply. If the reply is refused, the approval is undone.
 * @param {HTMLElement} card
 * @param {HTMLFormElement} form
 * @param {string} text
 * @returns {Promise<Answer>}
 */
async function approveAndReply(card, form, text) {
  const decided = await sendForm(form, "approve");
  if (!decided.ok) return decided;
  const answer = await write(card, text);
  if (!answer.ok) {
    const { body } = await take(stepsOf(decided.body));
    return { ...answer, status: 422, body: { ...answer.body, version: body.version } };
  }
  const steps = [withdrawal(answer.body), ...stepsOf(decided.body)];
  return { ...decided, body: { ...decided.body, sentence: say("js.replied_approved"), steps } };
}

/** Feature a comment, or stop featuring it; one that is waiting is approved first. @param {HTMLElement} card */
export function feature(card) {
  if (isDone(card)) return false;
  const approval = approving(card);
  const words = `${approved(card)} ${say("done.feature")}`;
  if (approval && document.getElementById("cards")) leave(card, words, () => approveAndFeature(card, approval));
  else if (approval) void decideAlone(card, words, () => approveAndFeature(card, approval));
  else if (card.dataset.status === "published") mark(card);
  else return false;
  return true;
}

/**
 * @param {HTMLElement} card
 * @param {string} action
 * @param {string} [version]
 */
const markAs = (card, action, version = "") =>
  post(
    ours(`/dashboard/comments/${card.dataset.id}/decisions`),
    new URLSearchParams({ [data.csrf.name]: data.csrf.value, action, seen_version: version }),
    { keepalive: true },
  );

/** @param {HTMLElement} card */
function mark(card) {
  const on = card.hasAttribute("data-featured");
  const action = on ? "unfeature" : "feature";
  const show = (/** @type {Answer} */ { body }, /** @type {boolean} */ now) => {
    renew(card, body.version);
    card.toggleAttribute("data-featured", now);
  };
  void doing(card, {
    words: say(`done.${action}`),
    ask: () => markAs(card, action, card.dataset.version),
    done: (answer) => {
      show(answer, !on);
      return outcome(answer);
    },
    back: (undone) => show(undone, on),
  });
}

/**
 * @param {HTMLElement} card
 * @param {HTMLFormElement} form
 * @returns {Promise<Answer>}
 */
async function approveAndFeature(card, form) {
  const decided = await sendForm(form, "approve");
  const answer = decided.ok ? await markAs(card, "feature") : decided;
  if (!answer.ok) return decided;
  const steps = [...stepsOf(answer.body), ...stepsOf(decided.body)];
  const sentence = `${decided.body.sentence} ${answer.body.sentence}`;
  return { ...decided, body: { ...decided.body, sentence, steps } };
}

/**
 * Close the conversation that a card belongs to, or open it again.
 * @param {HTMLElement} card
 * @param {boolean} [closed]
 */
export function closeConversation(card, closed = true) {
  const path = ours(`/dashboard/threads/${card.dataset.thread}/${closed ? "closed" : "open"}`);
  const fields = new URLSearchParams({ [data.csrf.name]: data.csrf.value, stay: "1" });
  void doing(card, {
    words: say(closed ? "done.thread_closed" : "done.thread_opened"),
    ask: () => post(path, fields, { keepalive: true }),
  });
  return true;
}
