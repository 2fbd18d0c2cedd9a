// Loading more: order, more comments, more replies.
// @ts-check
import { $, $$, announce, page, place, put, tellTimes } from "../lib/dom.js";
import { html, served } from "../lib/html.js";
import { emit } from "../lib/host.js";
import { fetchMarkup } from "../lib/http.js";
import { part } from "../lib/parts.js";
import { keep } from "../lib/store.js";
import { say } from "../lib/words.js";
import { refresh } from "../behaviours/me.js";
import { note } from "../behaviours/own.js";
import { lull } from "./asleep.js";

const LONGEST = 30; // comments
const frame = () => new Promise(requestAnimationFrame);

/** This page's address with some of its query changed. @param {Record<string, string>} changes */
export function address(changes) {
  const query = new URLSearchParams(location.search);
  query.set("site", page.site || "");
  query.set("href", page.href || "");
  query.set("locale", page.locale || "");
  query.set("colorscheme", document.documentElement.dataset.scheme || "auto");
  for (const name of ["after", "comment", "order-by", "hint", "id"]) query.delete(name);
  for (const [name, value] of Object.entries(changes)) query.set(name, value);
  return `thread?${query}`;
}

/** Fetch a part of the conversation; the link shows that it is loading, and errors are shown beside it.
 * @param {any} link @param {string} where @returns {Promise<DocumentFragment | null>} */
export async function piece(link, where) {
  if (link.classList.contains("busy")) return null;
  link.classList.add("busy");
  try {
    const found = served(await fetchMarkup(where));
    // its style sheet comes before the long texts
    if ($("[data-long]", found)) await part("long").catch(String);
    note(link, "");
    $("#unread")?.remove();
    return found;
  } catch {
    note(link, "");
    $("#unread")?.remove();
    const spot = link.closest(".more,.one,.sort") || $(".top");
    spot.append(html`<span class="tell bad" id="unread">${say("failed.read")}</span>`);
    announce(say("failed.read"));
    return null;
  } finally {
    link.classList.remove("busy");
  }
}

/** Leave only comments that are not there yet. A comment that moved between two pages, or was shown separately
 * before, appears once. @param {ParentNode} list @returns {any[]} all of them */
function fresh(list) {
  for (const each of $$(".c", list)) if (place(each.dataset.id)) each.remove();
  return $$(".c", list);
}

/** Let comments that are on the page already take their places in a list that has come, as they are: unfolded or with a
 * form. What the list lacks goes below its parent again. @param {ParentNode} list
 * @param {() => void} insert puts the list on the page @returns {any[]} comments that were not there */
export function settle(list, insert) {
  const added = [];
  const lacking = [];
  for (const each of $$(".c", list).reverse()) {
    const there = place(each.dataset.id);
    if (!there) {
      added.unshift(each);
      continue;
    }
    const [old, replies] = [there, each].map((node) => $(":scope > .replies", node));
    // those that the list has are in their places by now
    lacking.push(...$$(":scope > .c", old || there));
    old?.remove();
    if (replies) there.append(replies);
    there.classList.remove("passed");
    each.replaceWith(there);
  }
  insert();
  for (const each of lacking) put(each, each.dataset.parent);
  return added;
}

/** Short lists instead of a long one: each is painted for itself (arriving.css). @param {any} list @returns {any[]} */
function cut(list) {
  list.removeAttribute("id");
  list.classList.add("further");
  const lists = [];
  let room = 0;
  for (const each of [...list.children]) {
    if (room <= 0) {
      lists.push(list.cloneNode());
      room = LONGEST;
    }
    lists[lists.length - 1].append(each);
    room -= 1 + $$(".c", each).length;
  }
  return lists;
}

/** Say which order the list has. @param {any} tab */
export function mark(tab) {
  page.sort = tab.dataset.sort;
  for (const each of $$("#sort a")) each.removeAttribute("aria-current");
  tab.setAttribute("aria-current", "true");
}

/** Show comments in another order, and remember it for this site. @param {string} sort @param {boolean} [quiet] */
async function order(sort, quiet) {
  const link = $(`#sort [data-sort=${sort}]`);
  const found = link && (await piece(link, address({ sort, part: "list" })));
  if (!found) return;
  keep("sort", sort);
  mark(link);
  for (const each of $$("#more,#gone,#path,.further")) each.remove();
  $("#list").replaceWith(...found.children);
  tellTimes();
  await refresh();
  if (!quiet) announce(say("sorted", { name: link.textContent }));
}

export const reading = {
  sort: (/** @type {any} */ link) => order(link.dataset.sort),

  /** Apply the order that the reader chose before. */
  sorted: (/** @type {string} */ chosen) => order(chosen, true),

  /** Add the next page of comments, a short list in each frame. */
  more: async (/** @type {any} */ link) => {
    const after = new URL(link.href).searchParams.get("after") || "";
    const found = await piece(link, address({ sort: page.sort || "", after, part: "list" }));
    if (!found) return;
    link.classList.add("busy");
    const list = $("#list", found);
    // what a link named may have been put last before its turn (arriving.js)
    const last = $$(".list > .c").pop();
    found.getElementById(last?.id)?.replaceWith(last);
    const added = fresh(list).filter((each) => !last.contains(each));
    for (const next of cut(list)) {
      await frame();
      tellTimes(next);
      link.parentNode.before(next);
      lull([next]);
      if (next.contains(added[0])) focusOn(added);
    }
    await frame();
    link.parentNode.replaceWith(...$$("#more", found));
    refresh();
    emit("paginate", {});
  },

  /** Add the next replies to one comment, with all replies to them. */
  replies: async (/** @type {any} */ link) => {
    const { of, after } = link.dataset;
    const query = new URLSearchParams({ comment: of, after, locale: page.locale || "" });
    const found = await piece(link, `replies?${query}`);
    if (!found) return;
    const added = settle(found, () => link.closest("li").replaceWith(...found.children));
    tellTimes();
    refresh();
    focusOn(added);
  },
};

/** Focus the first of the added comments. @param {any[]} added */
export function focusOn(added) {
  if (!added.length) return;
  added[0].tabIndex = -1;
  added[0].focus({ preventScroll: true });
  announce(say("shown", { count: added.length }));
}
