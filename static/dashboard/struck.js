// @ts-check
// Lists of what was done: what is undone while one is on the page is crossed out there at once.

import { fetchPage } from "./lib/http.js";

/** Show the page's lists as they are now. */
export async function strike() {
  const lists = [...document.querySelectorAll("[data-acts]")];
  const page = lists.length ? await fetchPage(location.href) : null;
  const now = [...(page?.querySelectorAll("[data-acts]") ?? [])];
  for (const [at, each] of now.entries()) lists[at]?.replaceWith(document.adoptNode(each));
}
