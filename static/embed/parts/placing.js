// What a paste does where it stands: an address in a link, blocks in a quotation, signs in code.
// @ts-check
import { begun, change, isCode, isHeld, lastOf } from "./lines.js";
import { addresses, SCHEME, inLink, isInCode, linkTo, links } from "./links.js";

/** @typedef {import("./lines.js").Change} Change */

/** What an address does that is pasted: it takes the place of one in a link, or becomes the link of words.
 * @param {string} value @param {number} start @param {number} end @param {string} href
 * @returns {Change | null} null: it is text like any other */
export function pointing(value, start, end, href) {
  if (isInCode(value, start, end)) return null;
  for (const { all, words, address } of links(value)) {
    const [from, to] = address;
    const isPart = from <= start && end <= to;
    if (isPart && !SCHEME.test(value.slice(from, to))) return change(start, end, inLink(href));
    const isWords = start < end && words[0] <= start && end <= words[1];
    if (isPart || isWords || (start === all[0] && end === all[1])) return change(from, to, inLink(href));
  }
  const words = value.slice(start, end);
  const isPlain = words.trim() && !/[\n[\]()]/.test(words) && !isHalf(words);
  return isPlain && !addresses(value).some(([from, to]) => start < to && end > from)
    ? change(start, end, linkTo(href, words))
    : null;
}

/** What is pasted: formatted text as Markdown, but plainly where no marks can be.
 * @param {string} value @param {number} start @param {number} end @param {string} text @param {string} plain
 * @returns {Change | null} null: the browser pastes */
export function pasted(value, start, end, text, plain) {
  const trimmed = plain.trim();
  const pointed = /^https?:\/\/\S+$/.test(trimmed) && pointing(value, start, end, trimmed);
  if (pointed) return pointed;
  const bare = (/** @type {string} */ each) => each.replace(/\s+/g, " ").trim();
  const isAddress = links(value).some(({ address: [from, to] }) => from <= start && end <= to);
  const [before, after] = [value.slice(0, start), value.slice(end)];
  if (text && bare(text) !== bare(plain) && !isAddress && !isInCode(value, start, end))
    return pasting(value, start, end, joined(before, text, after, plain));
  const lines = plain.replace(/\r\n?/g, "\n").trimEnd();
  return lines.includes("\n") && begun(lastOf(before)) ? pasting(value, start, end, lines) : null;
}

/** As it stands between other words: with the spaces at its edges, and marks that hold beside letters.
 * @param {string} before @param {string} text @param {string} after @param {string} plain */
function joined(before, text, after, plain) {
  const head = /^\s/.test(plain) && /\S$/.test(before) && !begun(text) ? " " : "";
  const tail = /\s$/.test(plain) && /^\S/.test(after) && !text.includes("\n\n") ? " " : "";
  let made = text;
  if (!head && /[\p{L}\p{N}]$/u.test(before)) made = made.replace(/^_([^_\n]+)_/, "*$1*");
  if (!tail && /^[\p{L}\p{N}]/u.test(after)) made = made.replace(/_([^_\n]+)_$/, "*$1*");
  return head + made + tail;
}

/** Whether marks begin or end in this text without the other one. @param {string} words */
function isHalf(words) {
  const signs = [...words.replace(/(?<=[\p{L}\p{N}])_+(?=[\p{L}\p{N}])/gu, "").matchAll(/\*+|_+|~~|`+/g)].map(
    ([sign]) => sign,
  );
  return signs.some((sign) => signs.filter((each) => each === sign).length % 2);
}

/** Blocks that are pasted stand in lines of their own: what was there goes on outside of them.
 * @param {string} value @param {number} start @param {number} end @param {string} text @returns {Change} */
export function pasting(value, start, end, text) {
  const lines = text.split("\n");
  const isBlock = begun(lines[0]) || lines[0].startsWith("```");
  const before = value.slice(0, start);
  const after = value.slice(end).split("\n")[0];
  const below = after.trim() && (isHeld(text) || text.endsWith("```")) ? "\n\n" : "";
  const found = begun(lastOf(before));
  if (isCode(before)) return change(start, end, lines.join(`\n${found?.[2] ?? ""}`));
  if (found) return pastingInto(found, start, end, lines, below);
  const gap = lastOf(before).trim() ? "\n\n" : lastOf(before.slice(0, -1)).trim() && !isHeld(before) ? "\n" : "";
  return change(start, end, (isBlock ? gap : "") + text + below);
}

/** In a quotation or a list item, each line begins like it; items are pasted as items of the same list.
 * @param {RegExpExecArray} found @param {number} start @param {number} end @param {string[]} lines @param {string} below
 * @returns {Change} */
function pastingInto(found, start, end, lines, below) {
  const [, indent, quote, dot, number, after, words] = found;
  const sign = dot || (number ? number + after : "");
  const first = begun(lines[0]);
  const isItems = first && !first[2];
  const isBlock = first || lines[0].startsWith("```");
  const around = indent + quote;
  const deep = around + " ".repeat(isItems ? 0 : sign.length);
  const [begins, ...rest] = (lines.join("\n") + below).split("\n");
  const following = rest.map((line, at) => `\n${line || !rest[at + 1] ? deep + line : deep.trimEnd()}`).join("");
  if (isItems && sign && !words.trim()) return change(start - sign.length - words.length, end, begins + following);
  const gap = isItems && sign ? `\n${deep}` : `\n${deep.trimEnd()}\n${deep}`;
  return change(start, end, (isBlock && words.trim() ? gap : "") + begins + following);
}
