// Values kept in the browser for this site: in storage, else in a partitioned cookie (CHIPS; small values only),
// else in memory.
// @ts-check
import { page } from "./dom.js";

/** What could be kept nowhere else. @type {Map<string, string>} */
const memory = new Map();

/** @type {Storage | null} */
let storage = null;
try {
  storage = localStorage;
} catch {
  // a browser that blocks other sites' cookies blocks this too
}

/** @param {string} key */
const named = (key) => encodeURIComponent(`commentsvc:${page.site}:${key}`);

/** @param {string} name */
const cookie = (name) => {
  const found = document.cookie.split("; ").find((each) => each.startsWith(`${name}=`));
  return found && decodeURIComponent(found.slice(name.length + 1));
};

/** @param {string} name */
const read = (name) => (storage ? storage.getItem(name) : cookie(name));

/** @param {string} key @returns {any} */
export function kept(key) {
  const text = memory.get(key) ?? read(named(key));
  return text ? JSON.parse(text) : null;
}

/** The keys of all values that begin so. @param {string} start */
export function keysOf(start) {
  const found = storage ? Object.keys(storage) : document.cookie.split("; ").map((each) => each.split("=")[0]);
  const whole = named(start);
  const own = found.filter((each) => each.startsWith(whole));
  return new Set([...memory.keys(), ...own.map((each) => start + decodeURIComponent(each.slice(whole.length)))]);
}

/** Keep a value; null forgets it. @param {string} key @param {any} value */
export function keep(key, value) {
  const text = JSON.stringify(value);
  const name = named(key);
  memory.delete(key);
  try {
    if (value === null) storage?.removeItem(name);
    else storage?.setItem(name, text);
  } catch {
    // full: it is kept in memory
  }
  if (!storage)
    document.cookie =
      `${name}=${encodeURIComponent(text)}; Secure; SameSite=None; Partitioned; ` +
      `Max-Age=${value === null ? 0 : 31536000}`;
  if (value !== null && read(name) !== text) memory.set(key, text);
}
