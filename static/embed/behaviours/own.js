// What readers do with a comment: like it, reply to it. The rest is a part (parts/panels.js).
// @ts-check
import { $, $$, announce, idOf, isComposing, nameOf, page } from "../lib/dom.js";
import { showUnlessSeen } from "../lib/host.js";
import { html } from "../lib/html.js";
import { call, isMember } from "../lib/http.js";
import { given } from "../lib/parts.js";
import { reason } from "../lib/reason.js";
import { keep } from "../lib/store.js";
import { say } from "../lib/words.js";
import { lastBegun, markBegun } from "./draft.js";
import { heed, isOff, setLiked } from "./me.js";
import { compose, emptyForm } from "./writing.js";

/** Close the one form or panel that is open below a comment. What is written is kept as a draft. */
export function shut() {
  for (const each of $$(".list article > form")) each.remove();
  for (const each of $$(".list [data-action][aria-expanded=true]:not([data-action=unfold])"))
    each.setAttribute("aria-expanded", false);
  markBegun();
}

/** Open the only form or panel, below a comment; pressing the button again or Escape closes it. If it was
 * opened from a menu, the focus returns to the menu's button.
 * @param {any} button @param {() => any} build @param {boolean} [quiet] the reader is elsewhere */
export function below(button, build, quiet) {
  const article = button.closest("article");
  const opener = button.closest("details")?.querySelector("summary") || button;
  const again = opener.getAttribute("aria-expanded") === "true";
  shut();
  const done = () => {
    shut();
    opener.focus();
  };
  if (again) return done;
  if (opener.tagName !== "SUMMARY") opener.setAttribute("aria-expanded", true);
  const form = build();
  form.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Escape" && !isComposing(event) && form.matches(".panel")) done();
  });
  $(":scope > .tell", article)?.remove();
  article.append(form);
  if (quiet) return done;
  // the frame is about to grow: it would scroll inside, and the next press would miss
  $("textarea, input, button", form).focus({ preventScroll: true });
  showUnlessSeen(form);
  return done;
}

/** Focus the heading, if what had the focus is gone. */
export function leave() {
  const heading = $("#count");
  heading.tabIndex = -1;
  heading.focus({ preventScroll: true });
}

export const doing = {
  like: async (/** @type {any} */ button) => {
    const id = idOf(button);
    const why = isOff(button) && $("#banned-by,#barred");
    if (why) return note(button, why.textContent);
    if (!page.likes && !isMember()) return given.actions["sign-in"](button);
    // shown at once; a press meanwhile is sent after the answer
    const count = +$("b", button).textContent;
    const isLiked = () => button.getAttribute("aria-pressed") === "true";
    const was = isLiked();
    setLiked(id, !was, count + (was ? -1 : 1));
    if (button.busy) return;
    button.busy = true;
    note(button, "");
    /** @type {[boolean, number]} */
    let known = [was, count];
    try {
      while (known[0] !== isLiked()) {
        const liked = isLiked();
        const found = await call(liked ? "PUT" : "DELETE", `/comments/${id}/like`);
        if (found.edit_token) keep("guest", { token: found.edit_token });
        known = [liked, found.like_count];
      }
      announce(say(known[0] ? "liked" : "unliked"));
    } catch (error) {
      note(button, error, "failed.like");
      heed(error);
    }
    setLiked(id, ...known);
    button.busy = false;
  },

  reply: (/** @type {any} */ button, quiet = false, quote = marked(button)) => {
    const form = emptyForm();
    const shut = below(button, () => form, quiet);
    if (!form.isConnected) return shut();
    compose(form, { parent: idOf(button), name: nameOf(button), quote, shut });
  },
};

/** What the reader has selected in the text of a comment. @param {any} button */
function marked(button) {
  const words = getSelection();
  const isHere = $(".text", button.closest("article"))?.contains(words?.anchorNode);
  return isHere ? `${words}` : "";
}

/** Show a message at a comment, or at a button elsewhere: in the open form, if there is one. An empty text removes it,
 * and so does the end of the wait that a refusal asks for.
 * @param {any} button @param {any} what the text, or why a request failed @param {string} [failed] as for `reason` */
export function note(button, what, failed) {
  const text = what instanceof Error ? reason(what, failed) : what;
  const article = button.closest("article,.more,.one,.sort,.page-kinds,#muted") || $(".top");
  for (const each of $$(":scope > .tell, :scope > form > .tell", article)) each.remove();
  if (!text) return;
  const line = html`<p class="tell ${text === what ? "" : "bad"}">${text}</p>`;
  const own = button.closest(".own");
  if (own) own.after(line);
  else ($(":scope > form.panel", article) || article).append(line);
  if (what.wait) setTimeout(() => line.remove(), what.wait * 1000);
  announce(text);
}

/** Reopen the form that was open when the page was left, unless the reader has opened another. */
export function resume() {
  const button = !$(".list form") && lastBegun();
  if (button) given.actions[button.dataset.action](button, true);
}
