// Writing: a form that opens when it is wanted, keeps its draft and posts it once.
// @ts-check
import { $, isComposing, page } from "../lib/dom.js";
import { isMember } from "../lib/http.js";
import { part } from "../lib/parts.js";
import { keep } from "../lib/store.js";
import { say } from "../lib/words.js";
import { Draft } from "./draft.js";
import { Form } from "./form.js";
import { heed, refresh } from "./me.js";
import { doubts, reason, sendComment } from "./sending.js";

/** @typedef {import("./draft.js").Task} Task */

/** Ctrl or Cmd with these writes a mark. @type {Record<string, string>} */
const MARK_KEYS = { b: "0", i: "1", k: "3" };

/** Make a form work. @param {any} form @param {Task} task @returns {Form} */
export function compose(form, task) {
  const draft = new Draft(task);
  const view = new Form(form, task);
  let sending = false;
  const typed = typedBefore(view.area, draft.now.text);
  if (typed) draft.write(typed);
  view.open(draft.now.text);
  const mind = () => part("mention").then(({ meet }) => meet(view, draft), String);
  if (draft.now.mentions) mind();

  view.area.addEventListener("input", (/** @type {InputEvent} */ event) => {
    view.unask();
    draft.write(view.area.value);
    view.fit();
    if (isMember() && /[@＠]$/.test(event.data || "")) mind();
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
    if (event.key === "Escape") return $(".ask,.look", form) ? view.heed() : task.shut?.();
    if (!(event.ctrlKey || event.metaKey) || event.altKey) return;
    if (event.key === "Enter") form.requestSubmit();
    const mark = MARK_KEYS[event.key.toLowerCase()];
    if (!mark || event.shiftKey || event.target !== view.area) return;
    event.preventDefault();
    view.mark(mark);
  });
  form.addEventListener("click", (/** @type {Event} */ event) => {
    const button = /** @type {any} */ (event.target).closest("[data-mark],[data-do]");
    if (!button) return;
    if (button.dataset.mark) view.mark(button.dataset.mark);
    else if (button.dataset.do === "preview") preview(view);
    else if (button.dataset.do === "shut") task.shut?.();
    else view.heed();
  });
  return view;
}

/** What stands in the field before this was here: somebody may have begun to write, after a draft or with none.
 * @param {any} area @param {string} begun */
function typedBefore(area, begun) {
  const text = area.value;
  const isNew = "early" in area.dataset && text && begun && !text.startsWith(begun);
  delete area.dataset.early;
  return isNew ? begun + (/\s$/.test(begun) ? "" : " ") + text : text;
}

/** @param {Form} view */
function preview(view) {
  if ($(".look", view.form)) return view.heed();
  part("checking").then(
    ({ meet }) => meet.preview(view),
    () => view.tell(say("failed.preview"), true),
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
  try {
    const found = draft.mayAsk() && (await doubts(view.area.value));
    const ask = ({ meet }) => meet.ask(view, found);
    if (found && (await part("checking").then(ask, () => false))) return;
    const name = view.name()?.value.trim();
    if (name) keep("name", name);
    const comment = await sendComment(task, draft.send(view.area.value), name, () => view.tell(say("offline")));
    if (comment.edit_token) keep("guest", { token: comment.edit_token });
    draft.end();
    view.clear();
    task.done?.(comment);
  } catch (error) {
    await fail(error, draft, view);
  } finally {
    view.busy(false);
  }
}

/** @param {any} error @param {Draft} draft @param {Form} view */
async function fail(error, draft, view) {
  if (error.status === 401 && !isMember() && !error.sanction) {
    // This browser's guest is not known any more: be a new one.
    keep("guest", null);
    view.showWho();
  }
  if (error.status === 422 && error.code === "idempotency_mismatch") draft.now.key = undefined;
  if (error.code === "thread_closed") page.shut = "closed";
  if (error.sanction || ["acknowledge_first", "thread_closed"].includes(error.code)) refresh();
  heed(error);
  const wait = ({ meet }) => meet.wait(view, error.wait);
  if (error.wait && error.status === 429) return part("checking").then(wait, () => view.tell(reason(error), true));
  view.tell(error.status ? reason(error) : say("unsent"), true);
  if (!error.status) view.offerAgain();
}
