// What a form in a panel lacks is said in the box's own words, not in a bubble of the browser.
// @ts-check
import { $, $$ } from "../lib/dom.js";
import { html } from "../lib/html.js";

/** Whether a form can be sent. If not, it asks again for what is missing, in the words beside the field.
 * @param {any} form */
export function isComplete(form) {
  $(":scope > .tell", form)?.remove();
  for (const each of $$("[aria-invalid]", form)) each.ariaInvalid = null;
  const field = $(":is(textarea, input):invalid", form);
  if (!field) return true;
  const group = field.closest("fieldset");
  const words = group ? $("legend", group).lastElementChild : field.labels[0].firstElementChild;
  (group || field).ariaInvalid = "true";
  form.append(html`<p class="tell bad" role="alert">${words.textContent}</p>`);
  field.focus({ preventScroll: true });
  return false;
}
