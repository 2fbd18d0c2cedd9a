// What one does to a comment: like it, answer it. What few do is a part (parts/panels.js).
// @ts-check
import { $, $$, announce, idOf, isComposing, nameOf, page } from "../lib/dom.js";
import { emit, showUnlessSeen } from "../lib/host.js";
import { html } from "../lib/html.js";
import { call, isMember } from "../lib/http.js";
import { given, tellPart } from "../lib/parts.js";
import { keep } from "../lib/store.js";
import { say } from "../lib/words.js";
import { compose } from "./composer.js";
import { lastBegun, markBegun } from "./draft.js";
import { emptyForm } from "./form.js";
import { heed, setLiked, showOwn } from "./me.js";
import { reason } from "./sending.js";

/** Close the one form or panel that is open below a comment. What is written is kept as a draft. */
export function shut() {
  for (const each of $$("#list article > form")) each.remove();
  for (const each of $$("#list [data-action][aria-expanded=true]:not([data-action=unfold])"))
    each.setAttribute("aria-expanded", false);
  markBegun();
}

/** Open a form or panel below a comment, the only one; pressing again closes it, and so does Escape.
 * @param {any} button @param {() => any} build @param {boolean} [quiet] the reader is elsewhere */
export function below(button, build, quiet) {
  const article = button.closest("article");
  const again = button.getAttribute("aria-expanded") === "true";
  shut();
  const done = () => {
    shut();
    button.focus();
  };
  if (again) return done;
  button.setAttribute("aria-expanded", true);
  const form = build();
  form.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Escape" && !isComposing(event) && form.matches(".panel")) done();
  });
  $(":scope > .tell", article)?.remove();
  article.append(form);
  if (quiet) return done;
  // the frame is about to grow: it would scroll inside, and what is pressed next would be elsewhere
  $("textarea, input, button", form).focus({ preventScroll: true });
  showUnlessSeen(form);
  return done;
}

/** An answer to a post came: what became of it stands at the comment, where the reader is led.
 * @param {any} comment */
export function posted(comment) {
  page.thread ||= comment.thread_id;
  const node = shown(comment, "posted");
  if (comment.status !== "published")
    announce(`${say(comment.status === "rejected" ? "rejected" : "waiting")}. ${(comment.reasons || []).join(" ")}`);
  if (node) {
    bring(node);
    tellPart("bell", node, { node });
  }
  emit("comment.create", {
    href: page.href,
    commentID: comment.id,
    parentCommentID: comment.parent_id || undefined,
    message: comment.text,
  });
}

/** Show one's comment as it is by now. @param {any} comment @param {string} word what is said if all can see it */
export function shown(comment, word) {
  const node = showOwn({ ...comment, fresh: true });
  if (comment.status !== "published") return node;
  announce(say(word));
  if (node) $("article", node).prepend(html`<div class="own done"><b>${say(word)}</b></div>`);
  return node;
}

/** Let the reader stand at a comment. @param {any} node */
export function bring(node) {
  node.tabIndex = -1;
  node.focus({ preventScroll: true });
  showUnlessSeen(node);
}

/** Stand at the heading, where what the reader was at is gone. */
export function leave() {
  const heading = $("#count");
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}

export const doing = {
  like: async (/** @type {any} */ button) => {
    const id = idOf(button);
    const liked = button.getAttribute("aria-pressed") !== "true";
    if (button.disabled) return;
    if (!page.likes && !isMember()) return given.actions["sign-in"](button);
    button.disabled = true;
    try {
      const found = await call(liked ? "PUT" : "DELETE", `/comments/${id}/like`);
      if (found.edit_token) keep("guest", { token: found.edit_token });
      setLiked(id, liked, found.like_count);
      note(button, "");
      announce(say(liked ? "liked" : "unliked"));
    } catch (error) {
      note(button, reason(error, "failed.like"));
      heed(error);
    }
    button.disabled = false;
    button.focus();
  },

  reply: (/** @type {any} */ button, quiet = false) => {
    const form = emptyForm();
    const shut = below(button, () => form, quiet);
    if (!form.isConnected) return shut();
    const done = (/** @type {any} */ comment) => {
      shut();
      posted(comment);
    };
    compose(form, { parent: idOf(button), name: nameOf(button), done, shut });
  },
};

/** Say something at a comment, in the form that is open there if there is one; nothing takes it away.
 * @param {any} button @param {string} text */
export function note(button, text) {
  const article = button.closest("article") || $(".top");
  for (const each of $$(":scope > .tell, :scope > .panel > .tell", article)) each.remove();
  if (!text) return;
  ($(":scope > .panel", article) || article).append(html`<p class="tell">${text}</p>`);
  announce(text);
}

/** Open again what was being written when the page went away. */
export function resume() {
  const button = lastBegun();
  if (button) given.actions[button.dataset.action](button, true);
}
