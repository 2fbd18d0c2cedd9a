// The menu of a comment: less frequent actions. Without this script, its button opens links.
// @ts-check
import { $, $$, isComposing, nameOf, page } from "../lib/dom.js";
import { showUnlessSeen } from "../lib/host.js";
import { html } from "../lib/html.js";
import { given } from "../lib/parts.js";
import { kept } from "../lib/store.js";
import { say } from "../lib/words.js";
import { note, shut } from "../behaviours/own.js";
import { inSight } from "./sight.js";

/** What the reader has selected, before a press clears the selection. */
let marked = { words: "", at: document.body };
document.addEventListener("selectionchange", mind);
mind();

function mind() {
  const words = getSelection();
  const from = /** @type {any} */ (words?.anchorNode);
  // not in a form there
  const at = (from?.closest ? from : from?.parentElement)?.closest(".text")?.closest("article");
  if (at && `${words}`.trim()) marked = { words: `${words}`, at };
}

/** @param {any} node a comment */
function items(node) {
  const article = $("article", node);
  const { own, by } = node.dataset;
  const isOut = !node.matches(".pending,.rejected");
  const isReported = (kept("reported") || []).includes(node.dataset.id);
  const canReply = $(":scope > footer > [data-action=reply]", article)?.checkVisibility();
  const name = nameOf(node);
  const acts = [
    isOut && ["copy", say("copy")],
    isOut && "share" in navigator && ["share", say("share")],
    canReply && ["quote", say("quote")],
    $(":scope:not(.folded) > .replies", node) && ["fold", say("collapse")],
    own && own !== "withdrawn" && ["withdraw", say("withdraw")],
    !own && by && !$(".fold", article) && ["mute", say("mute", { name })],
    !own && isOut && !page.barred && ["flag", say(isReported ? "is_reported" : "report"), isReported],
    given.actions.moderate && $("#desk") && ["moderate", say("moderate")],
  ];
  return acts.filter(Boolean).map(([act, words, isDone]) => {
    const item = html`<button type="button" role="menuitem" tabindex="-1" data-action="${act}">${words}</button>`;
    item.disabled = !!isDone;
    return item;
  });
}

/** The reactions to choose from; the reader's is checked. @param {any} node a comment */
const reactions = (node) =>
  $$(":scope > article > footer > .kinds > button", node).map(
    ({ title, dataset, ariaPressed, firstElementChild }) => html`
      <button type="button" role="menuitemradio" tabindex="-1" data-action="react" data-kind="${dataset.kind}"
        aria-checked="${ariaPressed}"><i aria-hidden="true">${firstElementChild.textContent}</i>${title}</button>`,
  );

/** What a member can do about themselves, where the box is narrow. */
const account = () => [
  html`<a role="menuitem" tabindex="-1" href="../account/" target="_blank">${say("account")}</a>`,
  html`<button type="button" role="menuitem" tabindex="-1" data-action="sign-out">${say("sign_out")}</button>`,
];

/** @param {boolean} [back] to its button */
function close(back) {
  const open = $("details.dots[open]");
  if (!open) return;
  open.open = false;
  document.body.style.minHeight = "";
  if (back) $("summary", open).focus({ preventScroll: true });
}

/** @param {any} summary */
function open(summary) {
  const { parentNode: details } = summary;
  const node = summary.closest(".c");
  const inside = !node ? account() : details.matches(".react") ? reactions(node) : items(node);
  const list = html`<div class="menu" role="menu" aria-label="${summary.ariaLabel || summary.lastChild.textContent}">${inside}</div>`;
  for (const each of $$(":scope > :not(summary)", details)) each.remove();
  details.append(list);
  list.onkeydown = walk;
  details.open = true;
  place(list, summary, 0, document.body.offsetHeight);
  ($("[aria-checked=true]", list) || $("[role^=menuitem]", list)).focus({ preventScroll: true });
  inSight((seen) => {
    if (list.isConnected && seen.height) place(list, summary, seen.top, seen.bottom);
    showUnlessSeen(list);
  });
}

const SIDE = 8; // room for its shadow (menu.css)

/** Place the menu below its button, or above if only that is in view. If the box is too short for the menu, it
 * grows. It stays between its sides. @param {any} list @param {any} summary @param {number} from @param {number} to */
function place(list, summary, from, to) {
  const { offsetHeight: high } = list;
  const { top, bottom } = summary.getBoundingClientRect();
  const end = bottom + high;
  const isUp = end > to && top - high >= from;
  list.classList.toggle("up", isUp);
  list.style.left = "";
  const { left, right } = list.getBoundingClientRect();
  const by = Math.max(SIDE - left, 0) || Math.min(document.documentElement.clientWidth - SIDE - right, 0);
  if (by) list.style.left = `${list.offsetLeft + by}px`;
  // also if there is room now: content below may be removed
  document.body.style.minHeight = isUp ? "" : `${Math.ceil(end + scrollY + 12)}px`;
}

/** @param {KeyboardEvent} event */
function walk(event) {
  if (isComposing(event)) return;
  const all = $$("[role^=menuitem]:not(:disabled)", /** @type {any} */ (event.currentTarget));
  const at = all.indexOf(document.activeElement);
  const { length } = all;
  const ahead = document.dir === "rtl" ? -1 : 1;
  const to = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    ArrowRight: at + ahead,
    ArrowLeft: at - ahead,
    Home: 0,
    End: -1,
  }[event.key];
  if (event.key === "Escape") close(true);
  else if (event.key === "Tab") return close(true);
  else if (to === undefined) return;
  else all[(to + length) % length].focus({ preventScroll: true });
  event.preventDefault();
  event.stopPropagation();
}

/** @param {any} button */
const linkOf = (button) => $(":scope > header > .at", button.closest("article")).href;

/** Copy the link to the clipboard, or show it if the browser does not allow that. @param {any} button */
async function copy(button) {
  const link = linkOf(button);
  try {
    await navigator.clipboard.writeText(link);
    note(button, say("copied"));
    const told = $(":scope > .tell", button.closest("article"));
    setTimeout(() => told?.remove(), 4000);
  } catch {
    note(button, link);
  }
}

// in the capture phase: the chosen action may move the focus
document.addEventListener(
  "click",
  (event) => {
    const target = /** @type {any} */ (event.target);
    if (target.closest("[role^=menuitem]")) close(true);
    else if (!target.closest("details.dots")) close();
  },
  true,
);
addEventListener("blur", () => close());

const MOST = 300; // characters

/** What is quoted where nothing is marked: a short text, or the beginning of a long one. @param {string} text */
function beginningOf(text) {
  const letters = [...text.trim()];
  if (letters.length <= MOST) return letters.join("");
  return `${letters
    .slice(0, MOST)
    .join("")
    .replace(/\s+\S*$/, "")}…`;
}

Object.assign(given.actions, {
  menu: (/** @type {any} */ summary) => {
    const isOpen = summary.parentNode.open;
    close(isOpen);
    if (!isOpen) open(summary);
  },
  copy,
  share: (/** @type {any} */ button) =>
    navigator.share({ title: document.title, url: linkOf(button) }).catch((error) => {
      if (error.name !== "AbortError") copy(button);
    }),
  quote: (/** @type {any} */ button) => {
    const article = button.closest("article");
    const isHere = marked.at === article;
    // biome-ignore lint/performance/useDomNodeTextContent: with the line breaks that are seen
    const words = isHere ? marked.words : beginningOf($(".text", article).innerText);
    shut(); // if a form is open here already, the action would only close it
    given.actions.reply($(":scope > footer > [data-action=reply]", article), false, words);
  },
});

/** This part does not need the response of /me. */
export const meet = () => {};
