// Reading: the comment that is lit. Reading on is a part (parts/reading.js).
// @ts-check
import { $$, place } from "../lib/dom.js";
import { show } from "../lib/host.js";

/** Light the comment that a link named. @param {string} [id] */
export function light(id) {
  const node = id && place(id);
  if (!node) return;
  for (const each of $$(".lit")) each.classList.remove("lit");
  node.classList.add("lit");
  show(node);
}

export const reading = {
  /** The comment that this one answers. */
  above: (/** @type {any} */ link) => light(link.hash.slice(3)),
};
