// Comments added to the list later: new comments, the comment that a link names, the others around it.
// @ts-check
import { $, $$, announce, page, place, put, tellTimes } from "../lib/dom.js";
import { html, served } from "../lib/html.js";
import { fetchMarkup } from "../lib/http.js";
import { show, showUnlessSeen, tell } from "../lib/host.js";
import { given } from "../lib/parts.js";
import { kept } from "../lib/store.js";
import { say } from "../lib/words.js";
import { refresh, tally, total } from "../behaviours/me.js";
import { light } from "../behaviours/thread.js";
import { address, mark, piece, reading, settle } from "./reading.js";

/** Show the new comments, each in its place. */
async function reveal() {
  const query = new URLSearchParams({ thread: page.thread || "", since: page.cursor || "", locale: page.locale || "" });
  const found = await piece($("#new button"), `new?${query}`);
  const list = /** @type {any} */ (found)?.firstElementChild;
  if (!list) return;
  page.cursor = list.dataset.cursor;
  tally.known = 0;
  const goesLast = page.sort === "oldest" && !$("#more");
  const added = new Set();
  for (const node of [...list.children]) {
    const { id, parent } = node.dataset;
    if (place(id)) continue;
    added.add(node);
    node.classList.add("fresh");
    if (!put(node, parent)) continue;
    if (!parent && goesLast) $$(".list").pop().append(node);
  }
  $("#empty")?.remove();
  $("#new").hidden = true;
  $("#new").dataset.count = "";
  total(list.dataset.count);
  tellTimes();
  announce(say("shown", { count: added.size }));
  const first = $$(".fresh").find((each) => added.has(each) && each.checkVisibility()); // reading goes on downwards
  if (first) {
    first.tabIndex = -1;
    first.focus({ preventScroll: true });
    show(first);
  }
}

Object.assign(given.actions, reading, {
  new: reveal,

  /** Show all comments. What a link named moves to its place among them, with what is below it and being written. */
  all: async (/** @type {any} */ link) => {
    const named = $(".lit") || place(page.comment || "");
    // in the order that the page without that link has
    const tab = $(`#sort [data-sort=${kept("sort")}]`) || $("#sort [aria-current]");
    const sort = tab?.dataset.sort || "";
    const found = await piece(link, address({ sort, comment: page.comment || "", part: "list" }));
    if (!found) return;
    if (tab) mark(tab);
    const list = $("#list", found);
    settle(list, () => {
      list.prepend(...$$(".list > .c"));
      for (const each of $$("#one,#path,#more,.further")) each.remove();
      $("#gone", found)?.remove();
      $("#list").replaceWith(...found.children);
    });
    if ($("#sort")) $("#sort").hidden = false;
    page.comment = "";
    tellTimes();
    refresh();
    announce(say("shown", { count: $$(".list .c").length }));
    if (!named?.isConnected) return;
    named.tabIndex = -1;
    named.focus({ preventScroll: true });
    showUnlessSeen($("article", named));
  },

  /** Add a comment that is not on the page to the list, with its ancestors. */
  jump: async (/** @type {string} */ id) => {
    const found = served(await fetchMarkup(address({ comment: id, part: "list" })).catch(() => ""));
    const gone = $("#gone", found);
    $("#gone")?.remove();
    if (gone) {
      $("#list").before(gone);
      page.gone = id;
      refresh();
      return show(gone);
    }
    const root = /** @type {any} */ (found.getElementById(`c-${id}`)?.closest(".list > .c"));
    if (!root) return;
    const there = place(root.dataset.id);
    const spot = html`<li></li>`;
    if (there) there.before(spot);
    else $("#list").prepend(spot);
    const list = root.parentNode;
    list.replaceChildren(root);
    settle(list, () => spot.replaceWith(...list.children));
    tellTimes();
    refresh();
    tell({ height: document.body.offsetHeight }); // a page that is too short cannot be scrolled there
    light(id);
  },
});

/** This part does not need the response of /me. */
export const meet = () => {};
