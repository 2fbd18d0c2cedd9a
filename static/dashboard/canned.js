// @ts-check
// Canned messages: choosing one puts its text into the message, as the reader will see it.

import { keysOn } from "./keys.js";
import { unfold } from "./lib/drafts.js";
import { get } from "./lib/http.js";
import { layPicker } from "./picker.js";
import { complain } from "./queue.js";

const KEY = "m"; // in a list of reasons, which uses no other letter
const CASE = ".cards:not(#cards) .card, .case"; // an appeal
const OPEN = ".card details.reject[open] select[data-canned]";

document.addEventListener("change", (event) => {
  const list = event.target;
  if (list instanceof HTMLSelectElement && list.matches("[data-canned]")) fill(list);
});

document.addEventListener("input", (event) => {
  const text = event.target;
  if (!(text instanceof HTMLTextAreaElement)) return;
  if (text.closest(".picker")) layAgain(text);
  if (text.value) return;
  const list = listOf(text);
  if (list && text === textOf(list)) list.value = "";
});

document.addEventListener("focusin", (event) => {
  const form = /** @type {Element} */ (event.target).closest?.(".reply-form");
  if (form instanceof HTMLFormElement) offer(form);
});

document.addEventListener(
  "keydown",
  (event) => {
    const from = /** @type {Element} */ (event.target);
    const form = from.closest?.(".sanction") ?? from.closest?.(CASE);
    const list = form?.querySelector("select[data-canned]") ?? document.querySelector(OPEN);
    if (event.key !== KEY || event.ctrlKey || event.metaKey || event.altKey || !keysOn()) return;
    if (!(list instanceof HTMLSelectElement) || isTyping(from)) return;
    event.preventDefault();
    unfold(list);
    list.focus({ preventScroll: true });
  },
  true,
);

/** @param {EventTarget | null} target */
const isTyping = (target) =>
  target instanceof Element &&
  target.matches("textarea, select:not(.sanction [name=reason]), input:not([type=radio], [type=checkbox])");

/** @param {HTMLElement} field */
const listOf = (field) =>
  /** @type {HTMLSelectElement | null} */ (field.closest("form")?.querySelector("select[data-canned]") ?? null);

/** The field for a list's message. @param {HTMLSelectElement} list */
const textOf = (list) =>
  /** @type {HTMLTextAreaElement | null} */ (
    list.form?.querySelector("textarea[name=message], textarea[name=text], textarea[name=answer]")
  );

/** @param {HTMLSelectElement} list */
async function fill(list) {
  const chosen = list.value;
  const text = textOf(list);
  if (!text) return;
  backToReasons(list);
  const answer = chosen && (await get((list.dataset.canned ?? "").replace("_ID_", chosen)));
  if (list.value !== chosen) return; // another was chosen since
  if (answer && !answer.ok) {
    list.value = "";
    return complain(answer);
  }
  const words = answer ? answer.body.text : "";
  const own = text.value === text.dataset.canned ? "" : text.value.trimEnd();
  text.value = own && words ? `${own}\n\n${words}` : own || words;
  text.dataset.canned = own ? "" : words;
  text.dispatchEvent(new Event("input", { bubbles: true })); // it is a draft, too
  layAgain(text);
}

/** Move a form that has grown, so that its buttons stay in the window. @param {Element} text */
function layAgain(text) {
  const card = text.closest(".card");
  if (card instanceof HTMLElement) layPicker(card);
}

/** Focus the reasons, so that the next digit chooses one. @param {HTMLSelectElement} list */
function backToReasons(list) {
  const reason = list.form?.querySelector(".reasons input:checked, .reasons input, [name=reason]");
  if (reason instanceof HTMLElement) reason.focus({ preventScroll: true });
}

/** Offer the canned messages of a rejection for a reply, except those that name a reason. @param {HTMLFormElement} form */
function offer(form) {
  const label = form.closest(".card")?.querySelector(".reject-form .canned");
  if (!label || listOf(form)) return;
  const copy = /** @type {HTMLElement} */ (label.cloneNode(true));
  for (const each of copy.querySelectorAll("kbd, [data-rule]")) each.remove();
  const list = copy.querySelector("select");
  if (!list || list.options.length < 2) return;
  list.removeAttribute("name");
  list.value = "";
  form.querySelector("label")?.after(copy);
}
