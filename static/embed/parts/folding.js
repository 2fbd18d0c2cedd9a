// Long conversations: a press on a branch's line collapses it, which is remembered; and the link to a comment's parent
// also leads back.
// @ts-check
import { $, $$, idOf, page, place } from "../lib/dom.js";
import { showUnlessSeen } from "../lib/host.js";
import { html } from "../lib/html.js";
import { given, part } from "../lib/parts.js";
import { keep, kept } from "../lib/store.js";
import { say } from "../lib/words.js";
import { light } from "../behaviours/thread.js";

const MOST = 300;

/** @param {any} node a comment */
const branchOf = (node) => $(":scope > .replies", node);

/** How many replies a branch has, at any depth, including those not loaded yet. @param {any} branch */
const countOf = (branch) =>
  $$("[data-count]", branch).reduce((sum, { dataset }) => sum + +dataset.count, $$(".c", branch).length);

/** Collapse a branch, or update its count. @param {any} node */
function fold(node) {
  const branch = branchOf(node);
  if (!branch) return;
  const words = say("show", { count: countOf(branch) });
  const there = $(":scope > .unfold", node);
  node.classList.add("folded");
  if (!there)
    branch.before(html`
      <p class="unfold"><button type="button" class="link" data-action="fold" aria-expanded="false">${words}</button></p>`);
  else if (there.textContent !== words) $("button", there).textContent = words;
}

/** Collapse the branches that the reader collapsed before, also in comments loaded later. */
function foldKept() {
  for (const id of kept("folded") || []) {
    const node = place(id);
    if (node && !node.contains($(".lit"))) fold(node);
  }
}

let isDue = false;
new MutationObserver((changes) => {
  if (
    isDue ||
    !changes.some(({ addedNodes }) => [...addedNodes].some((/** @type {any} */ each) => each.matches?.(".c,.list")))
  )
    return;
  isDue = true;
  queueMicrotask(() => {
    isDue = false;
    foldKept();
  });
}).observe($("#box"), { childList: true, subtree: true });
foldKept();

/** The comment from which the reader went to its parent. @type {any} */
let from = null;

Object.assign(given.actions, {
  fold: (/** @type {any} */ button) => {
    const node = button.closest(".c");
    const isOpen = !node.matches(".folded");
    const id = idOf(button);
    const others = (kept("folded") || []).filter((/** @type {string} */ each) => each !== id);
    const now = isOpen ? [id, ...others].slice(0, MOST) : others;
    keep("folded", now.length ? now : null);
    if (isOpen) fold(node);
    else node.classList.remove("folded");
    const next = isOpen ? $(":scope > .unfold button", node) : $(".c", branchOf(node));
    if (!next) return;
    if (!isOpen) next.tabIndex = -1;
    next.focus({ preventScroll: true });
    if (isOpen) showUnlessSeen(node.querySelector("article"));
  },

  above: (/** @type {any} */ link) => {
    const id = link.hash.slice(3);
    const node = place(id);
    if (!node) return part("arriving").then(() => given.actions.jump(id), String);
    from = link.closest(".c") || $(".lit") || place(page.comment || "");
    light(id);
    $("#back")?.remove();
    const back = html`<button type="button" id="back" data-action="back">↩ ${say("back")}</button>`;
    ($("article > footer .dots", node) || $("article", node).lastChild).before(back);
    back.focus({ preventScroll: true });
  },

  back: () => {
    $("#back")?.remove();
    if (!from?.isConnected) return;
    light(from.dataset.id);
    from.tabIndex = -1;
    from.focus({ preventScroll: true });
  },
});

/** This part does not need the response of /me. */
export const meet = () => {};
