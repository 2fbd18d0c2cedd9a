// New comments wait behind a button, so that nothing moves under the reader's eyes.
// @ts-check
import { $, announce, page } from "../lib/dom.js";
import { html } from "../lib/html.js";
import { call } from "../lib/http.js";
import { part, tellPart } from "../lib/parts.js";
import { say } from "../lib/words.js";
import { refresh, tally } from "./me.js";

const EVERY = 10_000;
let inView = true;

async function look() {
  if (document.hidden || !inView) return;
  if ($(".pending")) refresh();
  try {
    if (!page.thread) {
      const { id } = await call("GET", `/threads?site=${page.site}&${page.where}`);
      if (!id) return;
      page.thread = id;
    }
    const found = await call("GET", `/threads/${page.thread}/changes?since=${encodeURIComponent(page.cursor || "")}`);
    offer(found.new - tally.known);
    const counts = found.reactions;
    if (counts && `${Object.values(counts)}` !== page.counts) tellPart("reacting", true, { counts });
  } catch {
    // the next poll may reach the server
  }
}

/** @param {number} count */
async function offer(count) {
  const waiting = $("#new");
  if (count <= 0 || waiting.dataset.count === `${count}`) return;
  waiting.dataset.count = count;
  // its style keeps the button from pushing the comments down
  const pill = await part("pill").catch(() => null);
  const words = count > 100 ? say("new_many") : say("new", { count });
  waiting.replaceChildren(html`<button type="button" class="do" data-action="new">${words}</button>`);
  waiting.hidden = false;
  announce(words);
  pill?.meet();
}

export function watch() {
  new IntersectionObserver((entries) => {
    inView = entries[entries.length - 1].isIntersecting;
  }).observe($("#box"));
  setInterval(look, EVERY);
  document.addEventListener("visibilitychange", look);
}
