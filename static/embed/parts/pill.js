// A floating button for new comments, while the reader is further down (the style is also that of the one above the
// list). A frame isn't notified when the page around it scrolls, but it can ask (sight.js).
// @ts-check
import { $, $$ } from "../lib/dom.js";
import { html } from "../lib/html.js";
import { given } from "../lib/parts.js";
import { inSight } from "./sight.js";

const EVERY = 1000;
const BELOW = 64; // distance from the bottom of the visible area

const pill = html`<div id="pill" hidden><button type="button"></button></div>`;
const button = $("button", pill);
$("#say").before(pill);

/** The label of the button that leads to comments new since the last visit. */
let next = "";

/** The label to show, and the button that it stands for. @returns {[string, any] | null} */
function waiting() {
  const fresh = $("#new:not([hidden]) button");
  if (fresh) return [fresh.textContent, fresh];
  const line = $("#since button");
  return next && line ? [next, line] : null;
}

/** Whether a form is in this part of the box. @param {number} top @param {number} bottom */
const isInForm = (top, bottom) =>
  $$("form").some((form) => {
    const at = form.getBoundingClientRect();
    return at.height && at.top < bottom && at.bottom > top;
  });

const look = () => inSight(put);

/** @param {DOMRectReadOnly} seen */
function put({ top, bottom, height }) {
  const found = waiting();
  // the button that it stands for is out of view, and there is room beside what somebody is writing
  const wanted =
    found && height > 3 * BELOW && found[1].getBoundingClientRect().bottom < top && !isInForm(bottom - BELOW, bottom);
  pill.hidden = !wanted && !pill.contains(document.activeElement);
  if (!found || !wanted) return;
  if (button.textContent !== found[0]) button.textContent = found[0];
  pill.style.top = `${Math.round(bottom + scrollY - BELOW)}px`;
}

button.onclick = () => {
  const found = waiting();
  button.blur();
  if (!found) return;
  if (found[1].dataset.action === "next-new") given.actions["next-new"](found[1]);
  else found[1].click();
  look();
};

addEventListener("focusin", () => waiting() && look());
const passing = new IntersectionObserver(look, { threshold: [0, 1] });
setInterval(() => waiting() && !document.hidden && look(), EVERY);

/** There are new comments. @param {string} [words] the label, if they are new since the last visit */
export function meet(words) {
  next ||= words || "";
  for (const each of $$(".list article")) passing.observe(each);
  look();
}
