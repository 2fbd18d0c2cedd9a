// What the browser remembers for this site; in memory where storage is blocked.
// @ts-check
import { page } from "./dom.js";

/** @type {Map<string, string>} */
const memory = new Map();

/** @param {string} key */
const named = (key) => `commentsvc:${page.site}:${key}`;

/** @param {string} key @returns {any} */
export function kept(key) {
  let text = memory.get(key);
  try {
    text = localStorage.getItem(named(key)) ?? text;
    return text && JSON.parse(text);
  } catch {
    return text && JSON.parse(text);
  }
}

/** Keep a value; null forgets it. @param {string} key @param {any} value */
export function keep(key, value) {
  const text = JSON.stringify(value);
  if (value === null) memory.delete(key);
  else memory.set(key, text);
  try {
    if (value === null) localStorage.removeItem(named(key));
    else localStorage.setItem(named(key), text);
  } catch {
    // blocked or full: memory has it
  }
}
