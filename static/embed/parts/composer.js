// Writing: a form that opens on demand, keeps its draft and posts it once.
// @ts-check
import { $, isComposing, page } from "../lib/dom.js";
import { isMember, isSomebody } from "../lib/http.js";
import { part } from "../lib/parts.js";
import { reason } from "../lib/reason.js";
import { keep } from "../lib/store.js";
import { say } from "../lib/words.js";
import { mayWrite, showOwn } from "../behaviours/me.js";
import { leave } from "../behaviours/own.js";
import { Draft } from "./draft.js";
import { Form } from "./form.js";
import { doubts, late, sendComment } from "./sending.js";

/** @typedef {import("./draft.js").Task} Task */

/** Ctrl or Cmd with these writes a mark. @type {Record<string, string>} */
const MARK_KEYS = { b: "bold", i: "italic", k: "link" };

/** @type {WeakMap<any, Form>} */
const views = new WeakMap();
/** The answer whether a reader without a comment or account can write: a comment sent without it seems to be a script's.
 * @type {Promise<void> | undefined} */
let allowed;

/** Activate a form, or reopen it. @param {any} form @param {Task} task */
export function meet(form, task) {
  const there = views.get(form);
  if (there) return there.isOpen() || there.open(there.area.value);
  $(":scope > .tell", form)?.remove();
  const draft = new Draft(task);
  const view = new Form(form, task);
  views.set(form, view);
  task.shut ||= () => {
    view.fold();
    leave();
  };
  const typed = typedBefore(view.area, draft.now.text);
  if (typed) draft.write(typed);
  if (task.quote?.trim()) draft.quote(task.quote);
  view.open(draft.now.text);
  listen(form, task, draft, view);
  // nobody misses it at once: if it cannot be fetched, it comes later
  const ease = () =>
    part("typing").then(
      (typing) => typing.meet.begin(view, draft),
      () => setTimeout(ease, 9e3),
    );
  ease();
  part("marks").catch(String); // a press works at once
  part("landing").catch(String); // here before the connection is lost, and before anything can land
  if (!task.id && !page.form && !isSomebody()) allowed = mayWrite();
}

/** @param {any} form @param {Task} task @param {Draft} draft @param {Form} view */
function listen(form, task, draft, view) {
  let sending = false;
  // what is being sent again would be the text before
  form.addEventListener("input", () => view.stop?.());
  view.area.addEventListener("input", () => {
    view.unask();
    draft.write(view.area.value);
    view.fit();
  });
  form.addEventListener("submit", async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (sending) return;
    sending = true;
    await post(task, draft, view);
    sending = false;
  });
  form.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (isComposing(event)) return;
    if (event.key === "Escape") return stepBack(view);
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    if (event.key === "Enter") form.requestSubmit();
    const mark = MARK_KEYS[event.key.toLowerCase()];
    if (!mark || event.shiftKey || event.target !== view.area) return;
    event.preventDefault();
    extra(view, `marks.${mark}`);
  });
  form.addEventListener("click", (/** @type {Event} */ event) => {
    const button = /** @type {any} */ (event.target).closest("[data-do]");
    if (!button) return;
    const does = button.dataset.do;
    if (does === "preview") extra(view, "checking.preview");
    else if (does === "shut") task.shut?.();
    else if (does === "edit") view.heed();
    else extra(view, does, button);
  });
}

/** Close what was opened last, and the form only if that is all. @param {Form} view */
function stepBack(view) {
  const { form, task } = view;
  const opener = $(".tools [aria-expanded=true]", form);
  if ($(".ask,.look", form)) view.heed();
  else if (opener) view.unfold(opener, () => null);
  else if (!view.locked) task.shut?.();
}

/** The text in the field before this loaded: the reader may already have typed, with or without a draft.
 * @param {any} area @param {string} begun */
function typedBefore(area, begun) {
  const text = area.value;
  const isNew = "early" in area.dataset && text && begun && !text.startsWith(begun);
  delete area.dataset.early;
  return isNew ? begun + (/\s$/.test(begun) ? "" : " ") + text : text;
}

/** Call a part: marks, help, emoji, the preview. A mark is dropped if the text has changed since.
 * @param {Form} view @param {string} does @param {any} [button] */
function extra(view, does, button) {
  if (view.area.readOnly) return;
  const [name, way] = does.split(".");
  const { value } = view.area;
  part(name).then(
    (it) => {
      view.tell("");
      if (value === view.area.value || /help|pick|view/.test(way)) it.meet[way](view, button);
    },
    () => view.tell(say(way === "preview" ? "failed.preview" : "failed.read"), true),
  );
}

/** @param {Task} task @param {Draft} draft @param {Form} view */
async function post(task, draft, view) {
  const missing = view.missing();
  if (missing) {
    if (missing === view.area) view.unlook();
    return missing.focus();
  }
  if (!task.id && !isMember() && !page.guests) return view.tell(say("sign_in_first"), true);
  view.unask();
  view.busy(true);
  const coming = forLanding();
  try {
    const found = draft.mayAsk() && (await doubts(view.area.value, task.id));
    await Promise.race([allowed, late()]);
    const ask = ({ meet }) => meet.ask(view, found);
    if (found && (await part("checking").then(ask, () => false))) return;
    const name = view.name()?.value.trim();
    if (name) keep("name", name);
    const sent = draft.send(view.area.value);
    const comment = await sendComment(task, sent, name, view);
    if (!comment) return;
    if (comment.edit_token) keep("guest", { token: comment.edit_token });
    const done = await coming();
    // nothing waits from here on: the form goes and the comment comes in one step
    draft.end();
    view.clear();
    if (task.id || task.parent) task.shut?.();
    else view.fold();
    if (done) done.meet(comment, task, draft, view, sent);
    else showOwn({ ...comment, fresh: true });
  } catch (reported) {
    const error = /** @type {any} */ (reported);
    view.tell(error.status ? reason(error) : say("unsent"), true);
    if (!error.status) view.offerAgain();
    await part("checking").then(({ meet }) => meet.fail(error, draft, view), String);
  } finally {
    view.busy(false);
  }
}

/** Fetch what shows a comment that was sent. What could not be fetched before is asked for again, as the server can be
 * reached by now; the offer of emails is waited for, unless it takes too long.
 * @returns {() => Promise<any>} the part, null if it is lost */
function forLanding() {
  const offer = isMember() || part("bell").catch(String);
  part("landing").catch(String);
  return async () => {
    await Promise.race([offer, new Promise((done) => setTimeout(done, 1000))]);
    return part("landing").catch(() => null);
  };
}
