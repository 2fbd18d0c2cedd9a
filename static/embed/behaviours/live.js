// New comments wait behind a button, so that nothing moves under the reader's eyes.
// @ts-check
import { $, announce, page, place, put, tellTimes } from "../lib/dom.js";
import { html, served } from "../lib/html.js";
import { call, fetchMarkup } from "../lib/http.js";
import { show } from "../lib/host.js";
import { say } from "../lib/words.js";
import { refresh, tally, total } from "./me.js";

const EVERY = 10_000;
let inView = true;
let since = page.cursor || "";

async function look() {
  if (document.hidden || !inView) return;
  if ($(".pending")) refresh();
  try {
    if (!page.thread) {
      const query = new URLSearchParams({ site: page.site || "", href: page.href || "" });
      const thread = await call("GET", `/threads?${query}`);
      if (!thread.comment_count) return;
      page.thread = thread.id;
    }
    const found = await call("GET", `/threads/${page.thread}/changes?since=${encodeURIComponent(since)}`);
    offer(found.new - tally.known);
  } catch {
    // the next look may find the server again
  }
}

/** @param {number} count */
function offer(count) {
  const waiting = $("#new");
  if (count <= 0 || waiting.dataset.count === `${count}`) return;
  waiting.dataset.count = count;
  const words = count > 100 ? say("new_many") : say("new", { count });
  waiting.replaceChildren(html`<button type="button" data-action="new">${words}</button>`);
  waiting.hidden = false;
  announce(words);
}

/** Show what waits, each in its place. */
async function reveal() {
  const query = new URLSearchParams({ thread: page.thread || "", since, locale: page.locale || "" });
  let list;
  try {
    list = /** @type {any} */ (served(await fetchMarkup(`/embed/new?${query}`)).firstElementChild);
  } catch {
    return announce(say("failed"));
  }
  since = list.dataset.cursor;
  tally.known = 0;
  let first = null;
  let count = 0;
  for (const node of [...list.children]) {
    const { id, parent } = node.dataset;
    if (place(id)) continue;
    count++;
    node.classList.add("fresh");
    if (put(node, parent)) first ||= node;
  }
  $("#empty")?.remove();
  $("#new").hidden = true;
  $("#new").dataset.count = "";
  total(list.dataset.count);
  tellTimes();
  announce(say("shown", { count }));
  if (first) {
    first.tabIndex = -1;
    first.focus({ preventScroll: true });
    show(first);
  }
}

export const live = { new: reveal };

export function watch() {
  new IntersectionObserver((entries) => {
    inView = entries[entries.length - 1].isIntersecting;
  }).observe($("#box"));
  setInterval(look, EVERY);
  document.addEventListener("visibilitychange", look);
}
