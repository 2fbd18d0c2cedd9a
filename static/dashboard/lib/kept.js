// @ts-check
// Forms that keep their text: they are sent without leaving the page, and errors are shown at their fields.

import { passOn, sent } from "./drafts.js";
import { say } from "./page.js";
import { post } from "./http.js";
import { remember, unsay } from "./place.js";
import { store, stored } from "./tab.js";
import { fail, forgive } from "./toast.js";

const BAR = 100; // pixels at the top and at the bottom of the window, where a bar may be

/**
 * Send the form; if accepted, go where the server says.
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} by the button that was pressed
 */
export async function send(form, by) {
  const body = await attempt(form, by);
  if (!body?.location) return;
  form.dataset.saved = "";
  passOn(form.getAttribute("action") ?? "", body.draft);
  if (form.id !== "bulk") remember(by ?? form); // its preview leads back to the card, not to this form
  leave(body.location);
}

/**
 * Send the form; show errors at its fields.
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} by
 * @param {Record<string, string>} [more] that is sent with it
 * @returns {Promise<any>} the response if accepted, else null
 */
export async function attempt(form, by, more = {}) {
  if (form.ariaBusy === "true") return null;
  form.ariaBusy = "true";
  const fields = new FormData(form, by);
  for (const [name, value] of Object.entries(more)) fields.set(name, value);
  // not form.action: a field may have this name
  const answer = await post(form.getAttribute("action") || location.href, fields, { keepalive: "stay" in more });
  form.ariaBusy = null;
  for (const each of form.querySelectorAll(".error.sent")) each.remove();
  for (const each of form.querySelectorAll("[aria-invalid]")) each.removeAttribute("aria-invalid");
  // the page that asks for proof of identity keeps the text
  if (answer.body.code === "proof_needed") leaveWith(form);
  else if (!answer.ok) complain(form, answer);
  else forgive();
  return answer.ok ? answer.body : null;
}

/** @param {HTMLFormElement} form */
function leaveWith(form) {
  sent(form.getAttribute("action") ?? "");
  form.dataset.saved = "";
  HTMLFormElement.prototype.submit.call(form);
}

/**
 * @param {HTMLFormElement} form
 * @param {import("./http.js").Answer} answer
 */
function complain(form, answer) {
  unsay();
  const errors = answer.body.errors ?? [];
  const unsaid = errors.filter((/** @type {any} */ each) => !point(form, each));
  if (errors.length > unsaid.length) {
    const first = form.querySelector("[aria-invalid]");
    if (first instanceof HTMLElement) arriveAt(first);
  }
  if (errors.length && !unsaid.length) return;
  fail(unsaid[0]?.detail ?? answer.body.detail ?? say("js.failed"));
}

/** Be at the field that is wrong, and not see it under a bar. @param {HTMLElement} field */
function arriveAt(field) {
  field.focus();
  const { top, bottom } = placeOf(field).getBoundingClientRect();
  if (top < BAR || bottom > innerHeight - BAR) placeOf(field).scrollIntoView({ block: "center", behavior: "instant" });
}

const ANEW = "commentsvc.anew"; // the page that is come back to is another now

/** Go where the form leads: to the page that led to it, by Back, which would show the sent form otherwise.
 * @param {string} address */
function leave(address) {
  const there = new URL(address, location.href);
  const [to, here, from] = [there.href, location.href, document.referrer].map((each) => each.split("#")[0]);
  if (to === here) return location.reload();
  if (to !== from || location.hash || history.state || history.length < 2) return location.assign(there);
  store(ANEW, true);
  history.back();
}

window.addEventListener("pageshow", ({ persisted }) => {
  const isAnew = stored(ANEW, false);
  store(ANEW, null);
  if (persisted && isAnew) location.reload();
});

/**
 * The field of this name that people see, or one of its parts: `hold_at.insult` of `hold_at`.
 * @param {HTMLFormElement} form
 * @param {string} name
 */
function fieldOf(form, name) {
  const fields = /** @type {HTMLInputElement[]} */ ([...form.elements]).filter(
    (each) => name && each.type !== "hidden" && (each.name === name || each.name?.startsWith(`${name}.`)),
  );
  return fields.find((each) => each.matches(":invalid")) ?? fields[0];
}

/**
 * The error under a field, if the page does not show it there already.
 * @param {HTMLElement} field
 * @param {string} id
 * @param {string} words
 */
function sayAt(field, id, words) {
  const place = placeOf(field);
  const shown = [...place.querySelectorAll(".error:not([hidden])")];
  const there = shown.find((each) => each.textContent?.includes(words));
  if (there) return there;
  const said = document.createElement("p");
  said.className = "error sent";
  said.role = "alert";
  said.id = id;
  said.textContent = words;
  if (place === field) field.after(said);
  else place.append(said);
  return said;
}

/** What belongs to a field, with the error. @param {HTMLElement} field @returns {Element} */
const placeOf = (field) => field.closest("td, .field, label") ?? field;

/**
 * Show an error at its field.
 * @param {HTMLFormElement} form
 * @param {{pointer?: string, detail: string}} error
 * @returns {boolean} whether there is such a field
 */
function point(form, error) {
  const name = (error.pointer ?? "").replace(/^#\//, "");
  const field = fieldOf(form, name);
  if (!field) return false;
  const said = sayAt(field, `${field.id || name}-sent`, error.detail);
  field.ariaInvalid = "true";
  // the help, and a field with an error, may be collapsed, or left out by a search for settings
  const help = form.querySelector(`details[data-helps="${CSS.escape(name)}"]`);
  for (const each of [help, field.closest("details")]) if (each instanceof HTMLDetailsElement) each.open = true;
  for (let each = field.parentElement; each && each !== form; each = each.parentElement) each.hidden = false;
  field.setAttribute("aria-describedby", [field.getAttribute("aria-describedby"), said.id].filter(Boolean).join(" "));
  return true;
}
