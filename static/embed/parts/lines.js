// What Enter does to Markdown: edits of a text, without the field that holds it. A list or a quotation that is
// left ends with an empty line: without one, Markdown counts the next line as part of it.
// @ts-check

/** Replace `from` to `to` by `text`; then `start` to `end` is selected.
 * @typedef {{from: number, to: number, text: string, start: number, end: number}} Change */

/** Beginnings of lines that the next line repeats: signs of quotations, then that of a list item. */
const BEGINNING = /^(\s*)((?:> ?)*)(?:([-*+] )|(\d{1,9})([.)] ))?(.*)$/;

/** @param {number} from @param {number} to @param {string} text @param {number} [start] @param {number} [end] @returns {Change} */
export const change = (from, to, text, start = from + text.length, end = start) => ({ from, to, text, start, end });

/** The parts of a line that begins with a sign. @param {string} line */
export function begun(line) {
  const found = BEGINNING.exec(line);
  return found && (found[2] || found[3] || found[4]) ? found : null;
}

/** The last line, without its line break. @param {string} text */
export const lastOf = (text) => text.slice(text.lastIndexOf("\n") + 1);

/** Whether a line written below this text would belong to a quotation or a list item. @param {string} above
 * @returns {boolean} */
export const isHeld = (above) =>
  (
    above
      .replace(/\n$/, "")
      .split(/\n\s*\n/)
      .pop() || ""
  )
    .split("\n")
    .some(begun) && !/\n\s*\n$/.test(above);

/** Whether the next line is code: a block of it ends with the quotation around it. @param {string} above */
export function isCode(above) {
  let fence = "";
  let around = "";
  for (const line of above.split("\n").slice(0, -1)) {
    const [, quote, sign = "", after = ""] = /^([\s>]*)(```+|~~~+)?(.*)$/.exec(line) || [];
    if (around.includes(">") && !quote?.includes(">")) fence = "";
    if (!fence) [fence, around] = [sign, quote || ""];
    else if (sign.startsWith(fence) && !after.trim()) fence = "";
  }
  return !!fence;
}

/** Whether a list goes on after this number: one like 1986 begins a sentence, unless it follows on another.
 * @param {string} above @param {string} number @param {string} after */
const isCounted = (above, number, after) =>
  +number < 100 || above.split("\n").some((line) => +(begun(line)?.[4] ?? -1) + 1 === +number && line.includes(after));

/** Enter in a list or a quotation: the next line begins like this one, and an empty one leaves it.
 * @param {string} value @param {number} at @returns {Change | null} null: the line is neither */
export function goOn(value, at) {
  const line = lastOf(value.slice(0, at));
  const from = at - line.length;
  const above = value.slice(0, from);
  const found = begun(line);
  if (!found) return null;
  const [, indent, quote, dot, number, after, words] = found;
  const isList = !isCode(above) && (dot || (number && isCounted(above, number, after)));
  if (!isList && !quote) return null;
  const next = isList ? dot || `${+number + 1}${after}` : "";
  if (words.trim() || (!isList && line.length > indent.length + quote.length))
    return change(at, at, `\n${indent}${quote}${next}`);
  return change(from, at, isHeld(above) ? "\n" : "");
}
