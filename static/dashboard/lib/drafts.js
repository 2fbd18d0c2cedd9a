// @ts-check
// Text that was typed and not sent: kept in this tab, so that a reload or signing in again loses nothing.

import { store, stored } from "./tab.js";

const KEY = "commentsvc.drafts";
const ALL = "commentsvc.typed"; // what all forms of a page held when the person had been signed out
const MOST = 40; // texts
const OF_CARDS = ".reject-form, .reply-form, .sanction"; // forms that open on a card or beside it
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

/** @param {Element | null} target */
const formAround = (target) => /** @type {HTMLFormElement | null} */ (target?.closest(OF_CARDS) ?? null);

/** @param {HTMLFormElement} form */
function restore(form) {
  const found = read(KEY);
  for (const each of form.querySelectorAll("textarea")) {
    const text = found[keyOf(each)];
    if (text && !each.value) each.value = text;
  }
}

document.addEventListener("input", ({ target }) => {
  if (!(target instanceof HTMLTextAreaElement) || !target.form?.matches(OF_CARDS)) return;
  const { [keyOf(target)]: _, ...others } = read(KEY);
  const kept = target.value.trim() ? { ...others, [keyOf(target)]: target.value } : others;
  write(KEY, Object.fromEntries(Object.entries(kept).slice(-MOST)));
});

// Only a form that is opened gets its text back: a closed one could send it unseen.
document.addEventListener("focusin", ({ target }) => {
  const form = formAround(/** @type {Element} */ (target));
  if (form) restore(form);
});
document.addEventListener(
  "toggle",
  ({ target }) => {
    if (!(target instanceof HTMLDetailsElement) || !target.open) return;
    const form = target.querySelector(OF_CARDS);
    if (form instanceof HTMLFormElement) restore(form);
  },
  true,
);

/** A form was accepted: its text is no draft any more. @param {string} form its address, or "reply" and the card's ID */
export function sent(form) {
  const found = Object.entries(read(KEY));
  const rest = found.filter(([key]) => !key.startsWith(`${form} `));
  if (rest.length < found.length) write(KEY, Object.fromEntries(rest));
}

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
