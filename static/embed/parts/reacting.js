// Reactions on sites that offer more than likes, and to the page itself: one per reader and comment, or page. Pressing
// another replaces it, and pressing it again removes it.
// @ts-check
import { $, $$, announce, page, place } from "../lib/dom.js";
import { call, isMember } from "../lib/http.js";
import { given, part } from "../lib/parts.js";
import { keep } from "../lib/store.js";
import { say } from "../lib/words.js";
import { heed, isOff, me } from "../behaviours/me.js";
import { note } from "../behaviours/own.js";

const EVERY = ".kinds > button";
const OF_PAGE = `.page-kinds${EVERY.slice(6)}`;

/** The reaction buttons of a comment, or of the page itself. @param {any} node a comment, or nothing */
const chips = (node) => (node ? $$(`:scope > article > footer > ${EVERY}`, node) : $$(OF_PAGE));

/** Mark the reader's reaction. @param {any} node a comment, or nothing @param {string | null} [kind] */
function mark(node, kind) {
  for (const each of chips(node)) each.setAttribute("aria-pressed", each.dataset.kind === kind);
}

/** @param {any} node a comment, or nothing @param {Record<string, number>} counts */
function count(node, counts) {
  for (const each of chips(node)) {
    const many = counts[each.dataset.kind];
    $("b", each).textContent = many || "";
    each.ariaLabel = many ? say("people", { name: each.title, count: many }) : each.title;
  }
  if (!node) page.counts = `${Object.values(counts)}`;
}

/** How often each reaction was given, as shown. @param {any} node a comment, or nothing @returns {Record<string, number>} */
const countsOf = (node) =>
  Object.fromEntries(chips(node).map((each) => [each.dataset.kind, +$("b", each).textContent]));

/** @param {Record<string, number>} counts @param {any} chip the reader's own */
const less = (counts, { dataset }) => ({ [dataset.kind]: counts[dataset.kind] - 1 });

/** Add a reaction, or remove it. @param {any} node a comment, or nothing @param {string} kind
 * @param {boolean} isMine */
function send(node, kind, isMine) {
  const method = isMine ? "DELETE" : "PUT";
  if (node) return call(method, `/comments/${node.dataset.id}/reaction`, isMine ? undefined : { kind });
  const { site = "", href = "", title, tags } = page;
  if (isMine) return call(method, `/threads/reaction?${new URLSearchParams({ site, href })}`);
  return call(method, "/threads/reaction", { site, href, title, tags, kind });
}

/** @param {any} pressed a count, or an item of a comment's menu */
async function react(pressed) {
  const { kind } = pressed.dataset;
  const node = pressed.closest(".c");
  const chip = chips(node).find((each) => each.dataset.kind === kind);
  const around = chip.closest("footer,.page-kinds");
  const isMine = chip.ariaPressed === "true";
  if (around.ariaBusy) return;
  const why = isOff(chip) && $("#banned-by,#barred");
  if (why) return note(chip, why.textContent);
  if (node?.dataset.own) return;
  if (!page.likes && !isMember()) return given.actions["sign-in"](chip);
  around.ariaBusy = "true";
  const mine = chips(node).find((each) => each.ariaPressed === "true");
  const counts = countsOf(node);
  // shown at once, and taken back where it fails
  mark(node, isMine ? null : kind);
  count(node, { ...counts, ...(mine && less(counts, mine)), ...(!isMine && { [kind]: counts[kind] + 1 }) });
  (chip.checkVisibility() ? chip : $("summary", around)).focus({ preventScroll: true });
  try {
    const found = await send(node, kind, isMine);
    if (found.edit_token) keep("guest", { token: found.edit_token });
    page.thread ||= found.thread_id;
    mark(node, found.reaction);
    count(node, found.reactions);
    note(chip, "");
    announce(chip.ariaLabel);
  } catch (error) {
    mark(node, mine?.dataset.kind);
    count(node, counts);
    note(chip, error, "failed.like");
    // the reader was signed out elsewhere
    if (me.name && !isMember()) part("sign_in").then(() => given.actions["sign-out"](), String);
    else heed(error);
  }
  around.ariaBusy = null;
}

given.actions.react = react;

/** Handle the response of /me with the reader's reactions, or new counts of the page's. @param {any} found */
export function meet({ liked = [], reacted = {}, page_reaction = null, counts }) {
  // not while the reader's own is on its way
  if (counts) return $(".page-kinds")?.ariaBusy || count(null, counts);
  for (const each of $$(".list .kinds [aria-pressed=true]")) each.ariaPressed = "false";
  for (const id of liked) mark(place(id) || document.createElement("p"), "like");
  for (const id in reacted) mark(place(id) || document.createElement("p"), reacted[id]);
  mark(null, page_reaction);
}
