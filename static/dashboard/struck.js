// @ts-check
// What a page shows of what was done: lists in which an act that is undone is crossed out, the state of a comment.

import { fetchPage } from "./lib/http.js";
import { way } from "./lib/place.js";

const ACTS = "main [data-acts]"; // not the drawer, which is no part of the page

/** Show these parts of the page as they are now. */
export async function strike() {
  const page = document.querySelector(ACTS) ? await fetchPage(location.href) : null;
  if (page) swap(page);
}

/** Take these parts from a page that was fetched. The focus stays where it is, and what is typed and not sent stays.
 * @param {Document} page */
export function swap(page) {
  const parts = [...document.querySelectorAll(ACTS)];
  const focused = document.activeElement;
  const path = parts.some((each) => each.contains(focused)) && focused ? way(focused) : "";
  for (const [at, now] of [...page.querySelectorAll(ACTS)].entries()) {
    const before = parts[at];
    if (before instanceof HTMLDetailsElement && now instanceof HTMLDetailsElement) now.open = before.open;
    if (before) keepTyped(before, now);
    before?.replaceWith(document.adoptNode(now));
  }
  const again = path ? (document.querySelector(path) ?? document.querySelector("main > .card")) : null;
  if (again instanceof HTMLElement) again.focus({ preventScroll: true });
}

/** @param {Element} before @param {Element} now */
function keepTyped(before, now) {
  for (const field of before.querySelectorAll(/** @type {"input"} */ ("input[id]"))) {
    const same = field.value === field.defaultValue ? null : now.querySelector(`#${CSS.escape(field.id)}`);
    if (same instanceof HTMLInputElement) same.value = field.value;
  }
}
