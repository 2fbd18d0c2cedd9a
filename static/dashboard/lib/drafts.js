// @ts-check
// Text that was typed and not sent: kept in this tab, so that a reload or signing in again loses nothing. What was sent
// goes along with what undoes it (./steps.js), and is a draft again once it is undone.

import { store, stored } from "./tab.js";

const KEY = "commentsvc.drafts";
const ALL = "commentsvc.typed"; // what all forms of a page held when the person had been signed out
const MOST = 40; // texts
const SENDING = "commentsvc.sending"; // a form that has left with its page
/** What a person composes: no list of lines, code or secret, and no settings. */
const COMPOSED = "form[method=post]:not(#policy, #look, [enctype]) textarea:not(.lines)";
const HELD = "textarea, select, input:not([type=hidden], [type=password], [type=file], [type=submit])";

/** @typedef {HTMLTextAreaElement | HTMLSelectElement | HTMLInputElement} Field */

/** @param {string} key @returns {Record<string, any>} */
const read = (key) => stored(key, {});

/** @param {string} key @param {Record<string, any>} what */
const write = (key, what) => store(key, Object.keys(what).length ? what : null);

/** Which form this is, on whatever page it is shown again. @param {HTMLFormElement} form */
const formOf = (form) =>
  form.matches(".reply-form")
    ? `reply ${form.closest(".card")?.getAttribute("data-id")}`
    : (form.getAttribute("action") ?? location.pathname);

/** @param {Field} field */
const keyOf = (field) => `${formOf(/** @type {HTMLFormElement} */ (field.form))} ${field.name || "text"}`;

/** Show the fields of an open list of reasons that a phone folds. @param {Element} field */
export function unfold(field) {
  const fold = field.closest("details.words");
  if (fold instanceof HTMLDetailsElement && fold.checkVisibility()) fold.open = true;
}

/** Give texts in view back: a closed form could send them unseen. @param {ParentNode} place */
function restore(place) {
  const found = read(KEY);
  for (const each of place.querySelectorAll(/** @type {"textarea"} */ (COMPOSED))) {
    const text = found[keyOf(each)];
    if (!text || each.value !== each.defaultValue) continue;
    unfold(each);
    if (each.checkVisibility()) each.value = text;
  }
}

document.addEventListener("input", ({ target }) => {
  if (!(target instanceof HTMLTextAreaElement) || !target.matches(COMPOSED)) return;
  const { [keyOf(target)]: _, ...others } = read(KEY);
  const isNew = target.value.trim() && target.value !== target.defaultValue;
  const kept = isNew ? { ...others, [keyOf(target)]: target.value } : others;
  write(KEY, newest(kept));
});

/** @param {Record<string, string>} texts */
const newest = (texts) => Object.fromEntries(Object.entries(texts).slice(-MOST));

document.addEventListener("focusin", ({ target }) => {
  const form = /** @type {Element} */ (target).closest("form");
  if (form?.parentElement) restore(form.parentElement);
});
document.addEventListener("toggle", ({ target }) => restore(/** @type {Element} */ (target)), true);

/**
 * A form was accepted: its texts are no drafts any more.
 * @param {string} form its address, or "reply" and the card's ID
 * @returns {Record<string, string> | undefined} what is typed again if that is undone
 */
export function sent(form) {
  const found = Object.entries(read(KEY));
  const its = found.filter(([key]) => key.startsWith(`${form} `));
  if (!its.length) return undefined;
  write(KEY, Object.fromEntries(found.filter((each) => !its.includes(each))));
  return Object.fromEntries(its);
}

/** What was sent is undone: its texts are drafts again. @param {Record<string, string>} [texts] */
export function unsent(texts) {
  if (!texts) return;
  write(KEY, newest({ ...texts, ...read(KEY) }));
  restore(document);
}

/**
 * A form that was accepted leaves with its page: the next one is told its texts.
 * @param {string} form
 * @param {Record<string, string>} [texts]
 */
export function passOn(form, texts) {
  unsent(texts);
  store(SENDING, form);
}

// A form that leaves with its page is accepted if the next page reports no error.
window.addEventListener("submit", (event) => {
  const form = /** @type {HTMLFormElement} */ (event.target);
  if (!event.defaultPrevented && form.querySelector(COMPOSED)) store(SENDING, formOf(form));
});
const left = stored(SENDING, "");
store(SENDING, null);
const isAccepted = left && !document.querySelector("main :is(.error, .notice.told.bad)");
/** The texts of the form that led to this page. */
export const passed = isAccepted ? sent(left) : undefined;
restore(document);

/** @returns {Field[]} */
const fields = () =>
  [...document.querySelectorAll(/** @type {"input"} */ (`form[method=post] :is(${HELD})`))].filter(
    (each) => each.form && each.name && !each.closest("#cards"),
  );

/** @param {Field} each */
const isBox = (each) => each instanceof HTMLInputElement && /^(checkbox|radio)$/.test(each.type);

/** @param {Field} each */
const nameOf = (each) => `${keyOf(each)}${isBox(each) ? ` ${each.value}` : ""}`;

/** Keep what the page's forms hold, for when it is loaded again. */
export function keepAll() {
  const all = fields().map((each) => [nameOf(each), isBox(each) ? /** @type {any} */ (each).checked : each.value]);
  write(ALL, { path: location.pathname, all: Object.fromEntries(all) });
}

/** Put that back, once. */
export function restoreAll() {
  const { path, all } = read(ALL);
  if (path !== location.pathname) return;
  write(ALL, {});
  for (const each of fields()) {
    const value = all[nameOf(each)];
    if (value === undefined) continue;
    if (isBox(each)) /** @type {HTMLInputElement} */ (each).checked = value;
    else each.value = value;
  }
}
restoreAll();
