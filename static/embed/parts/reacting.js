// Reactions where a site offers others than likes: one a reader and comment, changed by another press, taken back by
// a second one.
// @ts-check
import { $, $$, announce, idOf, page, place } from "../lib/dom.js";
import { call, isMember } from "../lib/http.js";
import { given } from "../lib/parts.js";
import { reason } from "../lib/reason.js";
import { keep } from "../lib/store.js";
import { say } from "../lib/words.js";
import { heed, isOff } from "../behaviours/me.js";
import { note } from "../behaviours/own.js";

/** @param {any} node a comment */
const chips = (node) => $$(":scope > article > footer > .kinds > button", node);

/** Which of them is the reader's. @param {any} node a comment @param {string | null} kind */
function mark(node, kind) {
  for (const each of chips(node)) each.setAttribute("aria-pressed", each.dataset.kind === kind);
}

/** @param {any} node a comment @param {Record<string, number>} counts */
function count(node, counts) {
  for (const each of chips(node)) {
    const many = counts[each.dataset.kind];
    $("b", each).textContent = many || "";
    each.ariaLabel = many ? say("people", { name: each.title, count: many }) : each.title;
  }
}

/** @param {any} pressed a count at a comment, or an item of its menu */
async function react(pressed) {
  const { kind } = pressed.dataset;
  const node = pressed.closest(".c");
  const chip = chips(node).find((each) => each.dataset.kind === kind);
  const footer = chip.closest("footer");
  const isMine = chip.ariaPressed === "true";
  if (footer.ariaBusy) return;
  const why = isOff(chip) && $("#banned-by,#barred");
  if (why) return note(chip, why.textContent);
  if (node.dataset.own) return;
  if (!page.likes && !isMember()) return given.actions["sign-in"](chip);
  footer.ariaBusy = "true";
  try {
    const path = `/comments/${idOf(chip)}/reaction`;
    const found = await (isMine ? call("DELETE", path) : call("PUT", path, { kind }));
    if (found.edit_token) keep("guest", { token: found.edit_token });
    mark(node, found.reaction);
    count(node, found.reactions);
    note(chip, "");
    announce(chip.ariaLabel);
  } catch (error) {
    note(chip, reason(error, "failed.like"));
    heed(error);
  }
  footer.ariaBusy = null;
  (chip.checkVisibility() ? chip : $("summary", footer)).focus({ preventScroll: true });
}

given.actions.react = react;

/** What /me says: which are the reader's. @param {any} found */
export function meet({ liked = [], reacted = {} }) {
  for (const each of $$("#list .kinds [aria-pressed=true]")) each.ariaPressed = "false";
  for (const id of liked) mark(place(id) || document.createElement("p"), "like");
  for (const id in reacted) mark(place(id) || document.createElement("p"), reacted[id]);
}
