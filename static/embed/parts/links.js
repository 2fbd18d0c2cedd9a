// Where code, links and addresses stand in Markdown.
// @ts-check
import { change, isCode } from "./lines.js";

/** Where something begins and ends. @typedef {[number, number]} Span */

const CODE = /\\.|(`+)(?:[^`\n]|[^`\n].*?[^`\n])\1(?!`)/g;
const LINK = /\[((?:\\.|[^[\]\\])*)\]\(([^()\s]*)\)/g;
/** An address of which only the scheme is written. */
export const SCHEME = /^https?:\/\/$/;
const TYPED = /(?:https?:\/\/|www\.)(?:[^\s<>()[\]`"*]|\([^\s()]*\))+/gi;

/** Whether all this is code, a block of it or a part of a line. @param {string} value @param {number} start
 * @param {number} end */
export function isInCode(value, start, end) {
  if (isCode(value.slice(0, start))) return true;
  return codes(value).some(([from, to, size]) => from + size <= start && end <= to - size);
}

/** Where code is between words, and how long its signs are. @param {string} value @returns {[number, number, number][]} */
export const codes = (value) =>
  [...value.matchAll(CODE)]
    .filter(([, sign]) => sign)
    .map(({ 0: all, 1: sign, index }) => [index, index + all.length, sign.length]);

/** Links: where each stands, and its address. @param {string} value @returns {{all: Span, words: Span, address: Span}[]} */
export const links = (value) =>
  [...value.matchAll(LINK)].map(({ 0: all, 1: words, index }) => {
    const [middle, end] = [index + 1 + words.length, index + all.length];
    return { all: [index, end], words: [index + 1, middle], address: [middle + 2, end - 1] };
  });

/** Where typed addresses stand, without marks and the sentence around them. @param {string} value @returns {Span[]} */
export const addresses = (value) =>
  [...value.matchAll(TYPED)].map(({ 0: all, index }) => [index, index + all.replace(/[.,:;!?_~'…]+$/, "").length]);

/** @param {string} href */
export const inLink = (href) =>
  (/^www\./i.test(href) ? `https://${href}` : href).replace(/[()\s]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);

/** A link with these words. @param {string} href @param {string} words */
export const linkTo = (href, words) => `[${words.replace(/[[\]]/g, "\\$&")}](${inLink(href)})`;

/** Tab goes from the words of a link that has no address yet to where it is written.
 * @param {string} value @param {number} at @returns {import("./lines.js").Change | undefined} */
export function toAddress(value, at) {
  const found = links(value).find(
    ({ words, address }) => words[0] <= at && at <= words[1] && SCHEME.test(value.slice(...address)),
  );
  return found && change(at, at, "", ...found.address);
}
