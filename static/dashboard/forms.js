// @ts-check
// Small comforts of forms: a slider that follows its number, buttons that copy or say what they do.

import { announce, say } from "./lib/page.js";

/**
 * Keep a slider and its number alike; touching either switches the limit on.
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
 * A form's button says which act is chosen: “Ban”.
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
    // No permission (plain http): mark it, so that one press of the usual keys copies it.
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
