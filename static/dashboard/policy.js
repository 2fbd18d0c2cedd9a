// @ts-check
// The policy form: asks the server about its values without leaving the page.

import { compare, find, useDefault } from "./finding.js";
import { isComposing } from "./keys.js";
import { announce, say } from "./lib/page.js";
import { fail, forgive } from "./lib/toast.js";
import { mark } from "./unsaved.js";

const form = /** @type {HTMLFormElement} */ (document.getElementById("policy"));

form.addEventListener("click", (event) => {
  const pressed = /** @type {Element} */ (event.target);
  const setting = pressed.closest("[data-use-default]")?.closest("[data-setting]");
  if (setting instanceof HTMLElement) useDefault(setting);
  const button = pressed.closest("button[data-parts]");
  if (!(button instanceof HTMLButtonElement)) return;
  event.preventDefault();
  ask(button);
});

form.addEventListener("keydown", (event) => {
  const field = /** @type {HTMLElement} */ (event.target);
  if (event.key !== "Enter" || isComposing(event) || !field.dataset?.enter) return;
  event.preventDefault();
  document.getElementById(field.dataset.enter)?.click();
});

form.addEventListener("input", (event) => {
  const field = /** @type {HTMLInputElement} */ (event.target);
  compare();
  if (field.dataset.one) countTicks(field);
});

/** Show at once that too many are ticked, or none. @param {HTMLInputElement} field */
function countTicks(field) {
  const list = field.closest("fieldset");
  const wrong = list?.querySelector(".error[data-most]");
  if (!list || !(wrong instanceof HTMLElement)) return;
  const ticked = list.querySelectorAll(":checked").length;
  const before = wrong.hidden;
  wrong.hidden = ticked > 0 && ticked <= Number(wrong.dataset.most);
  if (before && !wrong.hidden) announce(wrong.textContent?.trim() ?? "");
}

/**
 * Send the form to the button's address, and show the parts of the response that the button names.
 * @param {HTMLButtonElement} button
 */
async function ask(button) {
  if (button.ariaBusy === "true") return;
  button.ariaBusy = "true";
  const page = await fetched(button.formAction, new URLSearchParams(/** @type {any} */ (new FormData(form))));
  button.ariaBusy = null;
  if (!page) {
    fail(say("js.failed"));
    return;
  }
  forgive();
  const names = (button.dataset.parts ?? "").split(" ");
  for (const name of names) replace(name, page);
  compare();
  find();
  const said = document.querySelector(`#${names[0]} [data-told], #${names[0]} .error`);
  announce(said?.textContent?.replace(/\s+/g, " ").trim() ?? "");
  const next = document.querySelector(`#${names[0]} button[formaction="${button.getAttribute("formaction")}"]`);
  if (next instanceof HTMLElement) next.focus();
  if (names.includes("limits") && !document.querySelector("#reading .error")) mark(form);
}

/**
 * @param {string} address
 * @param {URLSearchParams} [fields] sent with POST
 * @returns {Promise<Document | null>}
 */
async function fetched(address, fields) {
  try {
    const options = fields ? { method: "POST", body: fields } : {};
    const response = await fetch(address, { ...options, credentials: "same-origin", redirect: "error" });
    if (!response.ok && response.status !== 422) return null;
    return new DOMParser().parseFromString(await response.text(), "text/html");
  } catch {
    return null;
  }
}

/**
 * @param {string} name
 * @param {Document} page
 */
function replace(name, page) {
  const next = page.getElementById(name);
  if (next) document.getElementById(name)?.replaceWith(document.adoptNode(next));
}
