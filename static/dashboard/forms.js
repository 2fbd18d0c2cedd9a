// @ts-check
// Form aids: a slider synchronized with its number, buttons that copy, labels that name the action.

import { announce, say } from "./lib/page.js";

/**
 * Keep a slider and its number equal; changing either turns the limit on.
 * @param {HTMLInputElement} element
 */
export function follow(element) {
  const pair = element.closest?.(".limit");
  if (!pair) return;
  const box = pair.querySelector("input[type=checkbox]");
  if (element.type === "checkbox") return;
  for (const each of pair.querySelectorAll("input[type=range], input[type=number]")) {
    if (each !== element) /** @type {HTMLInputElement} */ (each).value = element.value;
  }
  if (box instanceof HTMLInputElement) box.checked = true;
}

/**
 * Show the chosen action on the form's button: “Ban”.
 * @param {HTMLInputElement} element
 */
export function sayAct(element) {
  const button = element.form?.querySelector(`button[data-says="${element.name}"]`);
  const words = element.closest("label")?.querySelector("b")?.textContent;
  if (button && words) button.textContent = words;
}

/** @param {HTMLElement} button */
export async function copy(button) {
  const text = document.getElementById(button.dataset.from ?? "")?.textContent?.trim() ?? "";
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // No permission (plain HTTP): select it, so that the usual keys copy it.
    const range = document.createRange();
    range.selectNodeContents(/** @type {Node} */ (document.getElementById(button.dataset.from ?? "")));
    getSelection()?.removeAllRanges();
    getSelection()?.addRange(range);
    return;
  }
  const before = button.textContent;
  button.textContent = say("js.copied");
  announce(say("js.copied"));
  setTimeout(() => (button.textContent = before), 2000);
}
