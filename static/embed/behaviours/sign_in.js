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

/** What is about to be pressed, and what that needs. */
const PARTS = [
  ["[data-action=sign-in]", "sign_in"], // a window may be opened for moments after a press
  ["#write,[data-action=reply]", "writing"],
  ["[data-action=menu]", "menu"],
];

/** Parts are fetched before the press. @param {Event} event */
export function prepare({ target }) {
  for (const [css, name] of PARTS) if (/** @type {Element} */ (target).closest(css)) part(name).catch(() => {});
}
