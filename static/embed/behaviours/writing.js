// Writing. The form's tools are a part (parts/composer.js), fetched when somebody is about to write; text typed
// meanwhile is kept.
// @ts-check
import { $ } from "../lib/dom.js";
import { html } from "../lib/html.js";
import { part } from "../lib/parts.js";
import { say } from "../lib/words.js";

/** The empty form for a reply or an edit. */
export const emptyForm = () =>
  html`<form class="write" novalidate><div class="field"><textarea dir="auto" rows="1"></textarea></div></form>`;

/** Make a form work, or open it again. If that cannot be fetched, what is typed stays, and it is tried again: by a press,
 * by itself and once the connection is back. @param {any} form @param {import("../parts/draft.js").Task} [task] */
export const compose = (form, task = {}) =>
  part("writing").then(
    ({ meet }) => {
      form.onclick = null;
      meet(form, task);
    },
    () => {
      const again = () => compose(form, task);
      if (!$(".tell", form)) form.append(html`<p class="tell bad" role="alert">${say("failed.read")}</p>`);
      form.onclick = again;
      clearTimeout(form.late);
      form.late = setTimeout(again, 9e3);
      addEventListener("online", again, { once: true });
    },
  );
