// What is new since this reader's last visit: marks at the comments, and a key that leads from one to the next.
// @ts-check
import { $, $$, announce, isComposing, page } from "../lib/dom.js";
import { show } from "../lib/host.js";
import { html } from "../lib/html.js";
import { given, part } from "../lib/parts.js";
import { keep, kept } from "../lib/store.js";
import { say } from "../lib/words.js";

const MOST = 200; // conversations whose last visit is remembered
const PAUSE = 30 * 60_000; // who comes back sooner has not been away

/** When the reader was here before: the same for as long as this page is open. @type {number | undefined} */
let before;

/** @returns {number} */
function lastVisit() {
  if (before !== undefined) return before;
  const now = Date.now();
  /** @type {Record<string, [number, number]>} thread -> when the visit before began, and when it was last here */
  const visits = kept("visits") || {};
  const [since, seen] = visits[page.thread || ""] || [now, now];
  before = now - seen > PAUSE ? seen : since;
  visits[page.thread || ""] = [before, now];
  const newest = Object.entries(visits).sort((a, b) => b[1][1] - a[1][1]);
  keep("visits", Object.fromEntries(newest.slice(0, MOST)));
  return before;
}

/** Mark what has come since then. */
export function markNew() {
  if (!page.thread) return;
  const since = lastVisit();
  for (const node of $$("#list .c")) {
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

/** The name of the button, with its key only where there is a keyboard. */
const nextWords = () =>
  matchMedia("(hover: hover) and (pointer: fine)").matches ? say("next") : say("next").replace(/\s*[(（]n[)）]/, "");

/** @param {any} node */
const isOwn = (node) => !!node.dataset.own;

/** Stand at the next one after where the reader is; after the last one comes the first. */
function next() {
  const all = $$(".since");
  const here = document.activeElement?.closest(".c");
  const after = here
    ? all.find((each) => here.compareDocumentPosition(each) & Node.DOCUMENT_POSITION_FOLLOWING)
    : undefined;
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
