// What keys and tools do to Markdown: edits of a text, without the field that holds it. A list or a quotation that is
// left ends with an empty line: without one, Markdown counts the next line as part of it.
// @ts-check

/** Replace `from` to `to` by `text`; then `start` to `end` is selected.
 * @typedef {{from: number, to: number, text: string, start: number, end: number}} Change */

/** Beginnings of lines that the next line repeats: signs of quotations, then that of a list item. */
const BEGINNING = /^(\s*)((?:> ?)*)(?:([-*+] )|(\d{1,9})([.)] ))?(.*)$/;
const QUOTE = "> ";
/** Marks around words that also have to stand at a word's edge. */
const WORDLY = "_";

/** @param {number} from @param {number} to @param {string} text @param {number} [start] @param {number} [end] @returns {Change} */
const change = (from, to, text, start = from + text.length, end = start) => ({ from, to, text, start, end });

/** The parts of a line that begins with a sign. @param {string} line */
function begun(line) {
  const found = BEGINNING.exec(line);
  return found && (found[2] || found[3] || found[4]) ? found : null;
}

/** The last line, without its line break. @param {string} text */
const lastOf = (text) => text.slice(text.lastIndexOf("\n") + 1);

/** Whether a line written below this text would belong to a quotation or a list item. @param {string} above
 * @returns {boolean} */
const isHeld = (above) =>
  (
    above
      .replace(/\n$/, "")
      .split(/\n\s*\n/)
      .pop() || ""
  )
    .split("\n")
    .some(begun) && !/\n\s*\n$/.test(above);

/** Enter in a list or a quotation: the next line begins like this one, and an empty one leaves it.
 * @param {string} value @param {number} at @returns {Change | null} null: the line is neither */
export function goOn(value, at) {
  const line = lastOf(value.slice(0, at));
  const found = begun(line);
  if (!found) return null;
  const [, indent, quote, dot, number, after, text] = found;
  if (text.trim()) return change(at, at, `\n${indent}${quote}${dot || (number ? `${+number + 1}${after}` : "")}`);
  const from = at - line.length;
  return change(from, at, isHeld(value.slice(0, from)) ? "\n" : "");
}

/** From where to where a sign is put before lines: those that are selected, else what holds the caret, between two edges.
 * @param {string} value @param {number} start @param {number} end @param {string} edge @returns {[number, number]} */
function linesOf(value, start, end, edge) {
  const above = value.slice(0, start);
  if (start === end && /(^|\n)$/.test(above) && /^(\n|$)/.test(value.slice(end))) return [start, end];
  const cut = start < end ? "\n" : edge;
  const from = above.lastIndexOf(cut);
  // a line break at the end of what is selected begins no line
  const to = value.indexOf(cut, start < end && value[end - 1] === "\n" ? end - 1 : end);
  return [from < 0 ? 0 : from + cut.length, to < 0 ? value.length : to];
}

/** Begin lines with a sign; again takes it away. What was selected and is quoted now is answered below.
 * @param {string} value @param {number} start @param {number} end @param {string} sign @returns {Change} */
export function begin(value, start, end, sign) {
  const [from, to] = linesOf(value, start, end, sign === QUOTE ? "\n\n" : "\n");
  const lines = value.slice(from, to).split("\n");
  const isOn = from < to && lines.every((line) => line.startsWith(sign));
  const isGap = (/** @type {string} */ line) => !line && lines[1] !== undefined && sign !== QUOTE;
  const set = (/** @type {string} */ line) => (isOn ? line.slice(sign.length) : isGap(line) ? line : sign + line);
  const isAnswered = start < end && !isOn && sign === QUOTE;
  const below = value.slice(to);
  const next = below.slice(1).split("\n")[0];
  // a line that has no sign stays, or comes, outside
  const above = isOn && !begun(set(lines[0])) && isHeld(value.slice(0, from)) ? "\n" : "";
  const gap = !isOn && next.trim() && !begun(next) ? "\n" : "";
  const text = `${above}${lines.map(set).join("\n")}${isAnswered ? "\n\n" : gap}`;
  const rest = isAnswered ? (/^\n{0,2}/.exec(below)?.[0].length ?? 0) : 0;
  const caret = from + above.length + value.slice(from, start).split("\n").map(set).join("\n").length;
  return change(from, to + rest, text, start === end ? caret : undefined);
}

/** Marks on both sides of words, or without a selection of what is typed next; again takes them away.
 * @param {string} value @param {number} start @param {number} end @param {string} sign @returns {Change} */
export function toggle(value, start, end, sign) {
  const words = value.slice(start, end);
  if (!words.trim()) return toggleAt(value, start, end, sign);
  if (words.trim().includes("\n")) return toggleLines(value, start, end, sign);
  // spaces inside the marks would make signs of them
  const from = start + words.length - words.trimStart().length;
  const to = end - words.length + words.trimEnd().length;
  return toggleWords(value, from, to, sign);
}

/** @param {string} value @param {number} from @param {number} to @param {string} sign @returns {Change} */
function toggleWords(value, from, to, sign) {
  const size = sign.length;
  const words = value.slice(from, to);
  const [left, right] = marksAt(value, from, to);
  const [outer, inner] = [left.lastIndexOf(sign), right.indexOf(sign)];
  if (outer >= 0 && inner >= 0) {
    // further marks between them and the words stay
    const bare = left.slice(outer + size) + words + right.slice(0, inner);
    const first = from - left.length + outer;
    const at = first + left.length - outer - size;
    return change(first, to + inner + size, bare, at, at + words.length);
  }
  if (words.length > 2 * size && words.startsWith(sign) && words.endsWith(sign)) {
    const bare = words.slice(size, -size).replaceAll(sign, "");
    return change(from, to, bare, from, from + bare.length);
  }
  const bare = sign === WORDLY ? words : words.replaceAll(sign, "");
  return change(from, to, sign + bare + sign, from + size, from + size + bare.length);
}

/** The marks directly before and after. @param {string} value @param {number} from @param {number} to */
const marksAt = (value, from, to) => [
  /[*_]*$/.exec(value.slice(0, from))?.[0] || "",
  /^[*_]*/.exec(value.slice(to))?.[0] || "",
];

/** Without words: leave the marks that the caret is in, or write a pair around it.
 * @param {string} value @param {number} start @param {number} end @param {string} sign @returns {Change} */
function toggleAt(value, start, end, sign) {
  const size = sign.length;
  const [left, right] = marksAt(value, start, end);
  const [outer, inner] = [left.lastIndexOf(sign), right.indexOf(sign)];
  if (start === end && outer >= 0 && inner >= 0) {
    const from = start - left.length + outer;
    const at = from + left.length - outer - size;
    return change(from, end + inner + size, left.slice(outer + size) + right.slice(0, inner), at);
  }
  const isInside = lastOf(value.slice(0, start)).split(sign).length % 2 === 0;
  if (start === end && inner >= 0 && isInside) return change(end, end, "", end + inner + size);
  return change(start, end, sign + value.slice(start, end) + sign, start + size, end + size);
}

/** Marks do not reach across lines: each line gets its own, after its signs.
 * @param {string} value @param {number} start @param {number} end @param {string} sign @returns {Change} */
function toggleLines(value, start, end, sign) {
  const parts = value
    .slice(start, end)
    .split("\n")
    .map((line) => {
      const text = (begun(line)?.[6] ?? line).trim();
      const at = line.lastIndexOf(text);
      return [line.slice(0, at), text, line.slice(at + text.length)];
    });
  const isMarked = (/** @type {string} */ text) =>
    text.length > 2 * sign.length && text.startsWith(sign) && text.endsWith(sign);
  const isOn = parts.every(([, text]) => !text || isMarked(text));
  const set = (/** @type {string} */ text) =>
    isOn ? text.slice(sign.length, -sign.length) : isMarked(text) ? text : sign + text + sign;
  const text = parts.map(([before, words, after]) => before + (words && set(words)) + after).join("\n");
  return change(start, end, text, start, start + text.length);
}

/** @param {string} words */
const quoted = (words) =>
  words
    .replace(/[ \t]*\n[ \t]*/g, "\n")
    .replace(/\n{3,}/g, "\n\n")
    .replace(/^.?/gm, (sign) => (sign ? QUOTE + sign : ">"));

/** Where words to answer are put below what is written so far. @param {string} value @param {number} end @param {string} words
 * @returns {Change} */
export function quoting(value, end, words) {
  const above = value.slice(0, end);
  const text = `${above.trim() && "\n\n"}${quoted(words)}\n\n`;
  return change(above.trimEnd().length, end, text);
}

/** Blocks that are pasted stand in lines of their own: what was there goes on outside of them.
 * @param {string} value @param {number} start @param {number} end @param {string} text @returns {Change} */
export function pasting(value, start, end, text) {
  const lines = text.split("\n");
  const isBlock = (/** @type {string} */ line) => begun(line) || line.startsWith("```");
  const before = value.slice(0, start);
  const gap = lastOf(before).trim() ? "\n\n" : lastOf(before.slice(0, -1)).trim() && !isHeld(before) ? "\n" : "";
  const above = isBlock(lines[0]) ? gap : "";
  const below = value.slice(end).split("\n")[0].trim() && (isHeld(text) || text.endsWith("```")) ? "\n\n" : "";
  return change(start, end, above + text + below);
}
