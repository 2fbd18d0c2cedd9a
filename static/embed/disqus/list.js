// Lists of comments and conversations where the tag of a widget stands, with the classes that pages have styled.
// @ts-check
import { listOf } from "../lists/draw.js";

/** @param {any[]} items @param {string} locale */
export function list(items, locale) {
  const tag = document.currentScript;
  if (tag) tag.after(listOf(items, locale, "dsq-widget-"));
}
