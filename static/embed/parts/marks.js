// The tools that write marks, by their buttons and keys.
// @ts-check
import { $$ } from "../lib/dom.js";
import { make, selected } from "./field.js";
import { Presses, begin, link, quoting, toggle } from "./marking.js";

/** @typedef {import("./form.js").Form} Form */
/** @typedef {import("./lines.js").Change} Change */

/** @type {WeakMap<any, Presses>} */
const presses = new WeakMap();

/** Use a tool. @param {any} area @param {string} name @param {(...held: import("./marking.js").Held) => Change} tool */
function use(area, name, tool) {
  if (!presses.has(area)) presses.set(area, new Presses());
  const now = selected(area);
  make(area, /** @type {Presses} */ (presses.get(area)).press(name, now, tool(...now)));
}

/** Quote what is marked in a comment, else what is selected here, else the paragraph of the caret. @param {any} area */
function quote(area) {
  const marked = getSelection();
  const isThere = $$(".list .text").some((each) => each.contains(marked?.anchorNode));
  const words = isThere ? `${marked}`.trim() : "";
  use(area, "quote", (value, start, end) => (words ? quoting(value, end, words) : begin(value, start, end, "> ")));
}

export const meet = {
  bold: (/** @type {Form} */ { area }) => use(area, "bold", (...held) => toggle(...held, "**")),
  italic: (/** @type {Form} */ { area }) => use(area, "italic", (...held) => toggle(...held, "_")),
  quote: (/** @type {Form} */ { area }) => quote(area),
  link: (/** @type {Form} */ { area }) => use(area, "link", link),
  list: (/** @type {Form} */ { area }) => use(area, "list", (...held) => begin(...held, "- ")),
};
