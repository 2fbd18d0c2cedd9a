// Signing in. The window and the wait for it are a part (parts/sign_in.js): few readers need them.
// @ts-check
import { $ } from "../lib/dom.js";
import { html } from "../lib/html.js";
import { part } from "../lib/parts.js";
import { say } from "../lib/words.js";

export const signing = {
  "sign-in": (/** @type {any} */ button) =>
    part("sign_in").then(
      (it) => it.meet(button),
      () => $("#me").append(html`<span class="tell" role="alert"> ${say("failed")}</span>`),
    ),
};

/** A window may be opened for moments after a press: the part is fetched before it. @param {Event} event */
export function prepare({ target }) {
  if (/** @type {Element} */ (target).closest("[data-action=sign-in]")) part("sign_in").catch(() => {});
}
