// Reading: the highlighted comment. Loading more is a part (parts/reading.js).
// @ts-check
import { $, $$, place } from "../lib/dom.js";
import { show } from "../lib/host.js";

/** Open the collapsed branches that contain a comment. @param {any} node */
export function unfoldTo(node) {
  for (const each of $$(".folded")) if (each.contains(node.parentNode)) each.classList.remove("folded");
}

/** Show the whole text of a comment, without a control. @param {any} node */
export function whole(node) {
  delete $("article", node).dataset.long;
  $(":scope > article > .rest", node)?.remove();
}

/** Highlight the comment that a link named. @param {any} id */
export function light(id) {
  const node = place(id);
  if (!node) return;
  for (const each of $$(".lit")) each.classList.remove("lit");
  unfoldTo(node);
  node.classList.remove("passed");
  node.classList.add("lit");
  whole(node);
  show($("article", node), $("#one") || undefined);
}
