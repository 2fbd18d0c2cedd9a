// @ts-check
// Settings that are changed and not saved: their form's bar says so, and the browser asks before the page is left.

const SETTINGS = "form[data-settings]"; // what moderators write is kept as a draft instead (lib/drafts.js)

/** Fields that only try something out or preview it. */
const ASIDE = "[data-aside], [data-aside] *";

/** @param {Event} event @returns {HTMLFormElement | null} */
const formOf = ({ target }) => /** @type {HTMLElement} */ (target).closest?.(SETTINGS) ?? null;

/** @type {WeakSet<HTMLFormElement>} what was changed by a script, or refused by the server */
const marked = new WeakSet();

/** Show that there are unsaved changes. @param {HTMLFormElement} form */
export function mark(form) {
  marked.add(form);
  delete form.dataset.saved;
  const bar = form.querySelector("[data-unsaved]");
  const words = bar?.getAttribute("data-unsaved") ?? "";
  if (bar && bar.textContent !== words) bar.textContent = words;
}

/** Whether a form holds other settings than the server has sent. @param {HTMLFormElement} form */
function isChanged(form) {
  const before = /** @type {HTMLFormElement} */ (form.cloneNode(true));
  before.reset();
  return held(form) !== held(before);
}

/** @param {HTMLFormElement} form */
const held = (form) =>
  [...form.querySelectorAll(/** @type {"input"} */ ("input:not([type=hidden]), select, textarea"))]
    .filter((each) => !each.matches(ASIDE) && each.name)
    .map((each) => (/^(checkbox|radio)$/.test(each.type) ? each.checked : each.value))
    .join("\n");

/** @param {HTMLFormElement} form */
const isUnsaved = (form) => form.dataset.saved === undefined && (marked.has(form) || isChanged(form));

const forms = () => [...document.querySelectorAll(/** @type {"form"} */ (SETTINGS))];

document.addEventListener("input", (event) => {
  const form = formOf(event);
  if (form && !(/** @type {Element} */ (event.target).matches(ASIDE))) mark(form);
});

// What the browser has put back into the fields is as little saved as before.
window.addEventListener("pageshow", () => {
  for (const form of forms()) {
    delete form.dataset.saved;
    const bar = form.querySelector("[data-unsaved]");
    if (bar && (bar.textContent === bar.getAttribute("data-unsaved") || isChanged(form))) mark(form);
  }
});

window.addEventListener("submit", (event) => {
  const form = formOf(event);
  const button = event.submitter;
  if (form && !event.defaultPrevented && !button?.getAttribute("formtarget")) form.dataset.saved = "";
});

window.addEventListener("beforeunload", (event) => {
  if (forms().some(isUnsaved)) event.preventDefault();
});

// Whoever signs in again finds all fields as they were.
document.getElementById("signed-out")?.addEventListener("click", ({ target }) => {
  if (/** @type {Element} */ (target).closest("a")) for (const form of forms()) form.dataset.saved = "";
});
