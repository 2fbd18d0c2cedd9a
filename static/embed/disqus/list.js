// Lists of comments and conversations at a widget's script tag, with the classes that pages style.
// @ts-check
import { listOf } from "../lists/draw.js";

/** @param {any[]} items @param {string} locale */
export function list(items, locale) {
  const tag = document.currentScript;
  if (tag) tag.after(listOf(items, locale, "dsq-widget-"));
}
