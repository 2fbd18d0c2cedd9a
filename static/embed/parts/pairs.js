// Where marks around words hold: what is beside them, and what is between two of them.
// @ts-check
import { begun, lastOf } from "./lines.js";
import { addresses, codes, links } from "./links.js";

/** Where something begins and ends. @typedef {import("./links.js").Span} Span */

/** Marks around words that also have to stand at a word's edge, and those that need not. */
export const WORDLY = "_";
export const FREE = "*";

/** The mark to write between these texts. @param {string} sign @param {string} before @param {string} after
 * @param {string} [words] */
export const fitting = (sign, before, after, words = "") =>
  sign === WORDLY &&
  (/[\p{L}\p{N}][*_~]*$/u.test(before) || /^[*_~]*[\p{L}\p{N}]/u.test(after) || /:\/\/|www\./i.test(words))
    ? FREE
    : sign;

/** Where words begin and end that have such marks around them, which may be written with the other sign, too; the
 * innermost first. @param {string} line @param {number} size of a mark @returns {[number, number][]} */
function pairs(line, size) {
  /** @type {[number, number][]} */
  const found = [];
  /** @type {Record<string, number[]>} */
  const open = { "*": [], _: [] };
  for (const { 0: run, index } of line.matchAll(/`[^`]*`|\\.|\*+|_+/g)) {
    const starts = open[run[0]];
    if (!starts || (size > 1 ? run.length < size : run.length % 2 === 0)) continue;
    const end = index + run.length;
    const edge = run[0] === WORDLY ? /[\p{L}\p{N}]/u : /^$/;
    const [before, after] = [line[index - 1] ?? " ", line[end] ?? " "];
    if (/\S/.test(before) && !edge.test(after) && starts.length) found.push([Number(starts.pop()), index]);
    else if (/\S/.test(after) && !edge.test(before)) starts.push(end);
  }
  return found;
}

/** The pair of marks that holds all this, in the text. @param {string} value @param {number} from @param {number} to
 * @param {number} size */
export function pairAround(value, from, to, size) {
  const first = from - lastOf(value.slice(0, from)).length;
  const [line] = value.slice(first).split("\n");
  const found = pairs(line, size).find(([start, end]) => first + start - size <= from && to <= first + end + size);
  return found && [first + found[0], first + found[1]];
}

/** Made longer, or shorter by marks at its edges, so that other marks do not begin or end inside.
 * @param {string} value @param {number} start @param {number} end @returns {[number, number]} */
export function unbroken(value, start, end) {
  for (const [at, size] of [start, end].flatMap((at) => [1, 2].map((size) => [at, size]))) {
    const first = at - lastOf(value.slice(0, at)).length;
    for (const [from, to] of pairs(value.slice(first).split("\n")[0], size)) {
      const [open, shut] = [first + from - size, first + to + size];
      const isAround = start <= open && shut <= end;
      if (isAround || start >= shut || end <= open) continue;
      if (open <= start && end <= shut) [start, end] = [Math.max(start, open + size), Math.min(end, shut - size)];
      else [start, end] = [Math.min(start, open), Math.max(end, shut)];
    }
  }
  return [start, end];
}

/** Without the signs at its edges that would keep marks beside letters from being marks.
 * @param {string} value @param {number} from @param {number} to @returns {[number, number]} */
export function inner(value, from, to) {
  const words = value.slice(from, to);
  const isHead = /[\p{L}\p{N}]$/u.test(value.slice(0, from));
  const isTail = /^[\p{L}\p{N}]/u.test(value.slice(to));
  const [head] = (isHead && /^(?:(?!\[[^[\]]*\]\()[^\p{L}\p{N}`*_~\\<>])*/u.exec(words)) || [""];
  const [tail] = (isTail &&
    /[^\p{L}\p{N}`*_~\\<>]*$/u.exec(words.replace(/\]\([^()\s]*\)/g, (link) => "_".repeat(link.length)))) || [""];
  return [from + head.length, Math.max(from + head.length, to - tail.length)];
}

/** Where a mark stands in the run of marks that a text begins with. @param {string} after @param {string} sign */
export function markIn(after, sign) {
  const marks = /^[*_]*/.exec(after)?.[0] ?? "";
  if (sign !== FREE) return marks.indexOf(sign);
  return /(^|_)(\*\*)?\*(?!\*)/.test(marks) ? marks.indexOf(sign) : -1;
}

/** Whether a mark has been opened before. @param {string} before @param {string} sign */
export const isOpen = (before, sign) =>
  ((begun(before)?.[6] ?? before).match(sign[0] === FREE ? /\*+/g : /_+/g) ?? []).filter(({ length }) =>
    sign.length > 1 ? length >= sign.length : length % 2,
  ).length %
    2 ===
  1;

/** Whether the caret is in a pair of marks without words. @param {string} before @param {string} after
 * @param {string} sign */
export const isEmpty = (before, after, sign) =>
  sign === FREE
    ? /(^|[^*])(\*\*)?\*$/.test(before) && markIn(after, sign) === 0
    : before.endsWith(sign) && after.startsWith(sign);

/** What the caret is in that has no marks inside: the address of a link counts as all of the link.
 * @param {string} value @param {number} at @returns {Span | undefined} */
export const atomAround = (value, at) =>
  links(value).find(({ all, words }) => all[0] < at && at < all[1] && !(words[0] <= at && at <= words[1]))?.all ??
  addresses(value).find(([from, to]) => from < at && at < to);

/** Made longer, so that no mark comes inside an address or splits a link. @param {string} value @param {number} start
 * @param {number} end @returns {Span} */
export function whole(value, start, end) {
  const all = links(value);
  for (const { all: link, words } of all) {
    const isInside = words[0] <= start && end <= words[1];
    if (!isInside && start < link[1] && end > link[0])
      [start, end] = [Math.min(start, link[0]), Math.max(end, link[1])];
  }
  for (const [from, to] of codes(value))
    if (start < to && end > from) [start, end] = [Math.min(start, from), Math.max(end, to)];
  for (const [from, to] of addresses(value)) {
    const isOfLink = all.some(({ address }) => address[0] <= from && to <= address[1]);
    if (!isOfLink && start < to && end > from) [start, end] = [Math.min(start, from), Math.max(end, to)];
  }
  return [start, end];
}
