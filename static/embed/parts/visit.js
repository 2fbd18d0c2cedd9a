// Comments that are new since the last visit: marks on them, and a key that moves to the next new one.
// @ts-check
import { $, $$, announce, isComposing, page } from "../lib/dom.js";
import { show } from "../lib/host.js";
import { html } from "../lib/html.js";
import { given, part } from "../lib/parts.js";
import { keep, kept } from "../lib/store.js";
import { say } from "../lib/words.js";

const MOST = 200; // conversations whose last visit is remembered
const PAUSE = 30 * 60_000; // a shorter absence does not end a visit

/** When the last visit ended; it stays the same while this page is open. @type {number | undefined} */
let before;

/** @returns {number} */
function lastVisit() {
  if (before !== undefined) return before;
  const now = Date.now();
  /** @type {Record<string, [number, number]>} thread -> the end of the previous visit, and the latest time here */
  const visits = kept("visits") || {};
  const [since, seen] = visits[page.thread || ""] || [now, now];
  before = now - seen > PAUSE ? seen : since;
  visits[page.thread || ""] = [before, now];
  const newest = Object.entries(visits).sort((a, b) => b[1][1] - a[1][1]);
  keep("visits", Object.fromEntries(newest.slice(0, MOST)));
  return before;
}

/** Mark the comments published since then. */
export function markNew() {
  if (!page.thread) return;
  const since = lastVisit();
  for (const node of $$(".list .c")) {
    const time = $(":scope > article time", node);
    if (time && +new Date(time.dateTime) > since && !node.matches(".pending,.rejected") && !isOwn(node))
      node.classList.add("since");
  }
  const count = $$(".since").length;
  if (count && !$("#since"))
    $("#list").before(
      html`<p class="follow" id="since"><span>${say("since", { count })}</span>
        <button type="button" class="link" data-action="next-new">${nextWords()}</button></p>`,
    );
  if (count) part("pill").then((pill) => pill.meet(nextWords()), String);
}

/** The label of the button, with its key only if there is a keyboard. */
const nextWords = () =>
  matchMedia("(hover: hover) and (pointer: fine)").matches ? say("next") : say("next").replace(/\s*[(（]n[)）]/, "");

/** @param {any} node */
const isOwn = (node) => !!node.dataset.own;

/** Focus the next comment with a dot (parts/arriving.js marks those that have just come) after the focused one; after the
 * last one come those that wait to be shown, or the first. None is hidden in a collapsed branch: it could not have the
 * focus. */
function next() {
  const all = $$(".since,.fresh").filter((each) => each.checkVisibility());
  const here = document.activeElement?.closest(".c");
  const after = here
    ? all.find((each) => here.compareDocumentPosition(each) & Node.DOCUMENT_POSITION_FOLLOWING)
    : undefined;
  const waiting = $("#new:not([hidden]) button");
  if (!after && waiting) return waiting.click();
  const node = after || all[0];
  if (!node) return announce(say("no_more"));
  node.tabIndex = -1;
  node.focus({ preventScroll: true });
  show(node);
}

given.actions["next-new"] = next;
document.addEventListener("keydown", (event) => {
  const typing = /** @type {Element} */ (event.target).closest("input,textarea,select,[contenteditable],[role=menu]");
  if (event.key !== "n" || typing || isComposing(event) || event.ctrlKey || event.metaKey || event.altKey) return;
  next();
});
