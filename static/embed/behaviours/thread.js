// Reading on: order, more comments, more replies, one conversation.
// @ts-check
import { $, $$, announce, idOf, page, place, tellTimes } from "../lib/dom.js";
import { served } from "../lib/html.js";
import { fetchMarkup } from "../lib/http.js";
import { show } from "../lib/host.js";
import { keep, kept } from "../lib/store.js";
import { say } from "../lib/words.js";
import { refresh } from "./me.js";
import { reason } from "./sending.js";

/** This page's address with some of its query changed. @param {Record<string, string>} changes */
function address(changes) {
  const query = new URLSearchParams(location.search);
  query.set("site", page.site || "");
  query.set("href", page.href || "");
  query.set("locale", page.locale || "");
  for (const name of ["after", "comment", "order-by", "hint", "id"]) query.delete(name);
  for (const [name, value] of Object.entries(changes)) query.set(name, value);
  return `/embed/thread?${query}`;
}

/** Go on where a link leads, keeping how the page looks and who is around it.
 * @param {Record<string, string>} changes */
function go(changes) {
  location.assign(address(changes) + location.hash);
}

/** Fetch a piece of the thread; the link says that it is at work, or what went wrong.
 * @param {any} link @param {string} where @returns {Promise<DocumentFragment | null>} */
async function piece(link, where) {
  if (link.classList.contains("busy")) return null;
  link.classList.add("busy");
  try {
    return served(await fetchMarkup(where));
  } catch (error) {
    announce(reason(error));
    link.textContent = `${reason(error)} ${say("again")}`;
    return null;
  } finally {
    link.classList.remove("busy");
  }
}

/** Append what is not there yet: a comment that moved between two pages is shown once.
 * @param {any} list @param {Iterable<any>} items @returns {any[]} */
export function append(list, items) {
  const added = [...items].filter((each) => !each.id || !document.getElementById(each.id));
  list.append(...added);
  tellTimes();
  return added.filter((each) => each.id);
}

/** Comments in another order, remembered for this site. @param {string} sort @param {boolean} [quiet] */
export async function order(sort, quiet) {
  const link = $(`#sort [data-sort=${sort}]`);
  const found = link && (await piece(link, address({ sort, part: "list" })));
  if (!found) return;
  keep("sort", sort);
  page.sort = sort;
  for (const each of $$("#sort a")) each.removeAttribute("aria-current");
  link.setAttribute("aria-current", "true");
  $("#more")?.remove();
  $("#list").replaceWith(...found.children);
  tellTimes();
  await refresh();
  if (!quiet) announce(say("sorted", { name: link.textContent }));
}

export const reading = {
  sort: (/** @type {any} */ link) => order(link.dataset.sort),
  all: () => go({ sort: page.sort || "" }),
  open: (/** @type {any} */ link) => go({ comment: idOf(link) }),

  /** The next page of the thread. */
  more: async (/** @type {any} */ link) => {
    const after = new URL(link.href).searchParams.get("after") || "";
    const found = await piece(link, address({ sort: page.sort || "", after, part: "list" }));
    if (!found) return;
    link.parentNode.remove();
    const added = append($("#list"), $("#list", found).children);
    $("#list").after(...$$("#more", found));
    focusOn(added);
  },

  /** The next replies of one comment. */
  replies: async (/** @type {any} */ link) => {
    const comment = link.closest(".c");
    let level = 0;
    for (let at = comment.parentNode.closest(".c"); at; at = at.parentNode.closest(".c")) level++;
    const query = new URLSearchParams({ comment: idOf(link), after: link.dataset.after, level: `${level}` });
    query.set("locale", page.locale || "");
    const found = await piece(link, `/embed/replies?${query}`);
    if (!found) return;
    const list = link.closest(".replies");
    link.parentNode.remove();
    focusOn(append(list, found.children));
  },
};

/** Reading goes on at the first of what was added. @param {any[]} added */
function focusOn(added) {
  if (!added.length) return;
  added[0].tabIndex = -1;
  added[0].focus({ preventScroll: true });
  announce(say("shown", { count: added.length }));
}

/** Light the comment that a link named. @param {string} [id] */
export function light(id) {
  const node = id && place(id);
  if (!node) return;
  node.classList.add("lit");
  show(node);
}

/** The host page's address names another comment now. @param {string} id */
export function jump(id) {
  const plain = id.split("_").pop() || "";
  if (place(plain)) light(plain);
  else go({ comment: id });
}

/** @param {string} [chosen] the order the reader chose before, if it is another one */
export function rememberOrder(chosen = kept("sort")) {
  if (chosen && chosen !== page.sort && !page.comment) order(chosen, true);
}
