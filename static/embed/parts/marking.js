// What tools do to Markdown: edits of a text, without the field that holds it.
// @ts-check
import { begun, change, isHeld, lastOf } from "./lines.js";

/** @typedef {import("./lines.js").Change} Change */

const QUOTE = "> ";
/** Marks around words that also have to stand at a word's edge. */
const WORDLY = "_";

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

/** How a line begins that a sign is taken from. @type {Record<string, RegExp>} */
const SIGNED = { [QUOTE]: /^> ?/, "- ": /^\s*[-*+] / };

/** Begin lines with a sign; again takes it away. What was selected and is quoted now is answered below.
 * @param {string} value @param {number} start @param {number} end @param {string} sign @returns {Change} */
export function begin(value, start, end, sign) {
  const [from, to] = linesOf(value, start, end, sign === QUOTE ? "\n\n" : "\n");
  const lines = value.slice(from, to).split("\n");
  const isGap = (/** @type {string} */ line) => !line && lines[1] !== undefined && sign !== QUOTE;
  const isOn = from < to && lines.every((line) => isGap(line) || SIGNED[sign].test(line));
  const set = (/** @type {string} */ line) =>
    isOn ? line.replace(SIGNED[sign], "") : isGap(line) ? line : sign + line;
  const isAnswered = start < end && !isOn && sign === QUOTE;
  const below = value.slice(to);
  const next = below.slice(1).split("\n")[0];
  // a line that has no sign stays, or comes, outside
  const above = isOn && !begun(set(lines[0])) && isHeld(value.slice(0, from)) ? "\n" : "";
  const gap = !isOn && next.trim() && !begun(next) ? "\n" : "";
  const text = `${above}${lines.map(set).join("\n")}${isAnswered ? "\n\n" : gap}`;
  const rest = isAnswered ? (/^\n{0,2}/.exec(below)?.[0].length ?? 0) : 0;
  if (isAnswered) return change(from, to + rest, text);
  const first = from + above.length;
  if (start < end) return change(from, to, text, first, from + text.length - gap.length);
  return change(from, to, text, first + value.slice(from, start).split("\n").map(set).join("\n").length);
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
function pairAround(value, from, to, size) {
  const first = from - lastOf(value.slice(0, from)).length;
  const [line] = value.slice(first).split("\n");
  const found = pairs(line, size).find(([start, end]) => first + start - size <= from && to <= first + end + size);
  return found && [first + found[0], first + found[1]];
}

/** Without marks. @param {string} text */
const bare = (text) => text.replace(/[*_]/g, "");

/** @param {string} value @param {number} from @param {number} to @param {string} sign @returns {Change} */
function toggleWords(value, from, to, sign) {
  const size = sign.length;
  const pair = pairAround(value, from, to, size);
  if (!pair) {
    const words = value.slice(from, to);
    const text = sign === WORDLY ? words : words.replaceAll(sign, "");
    return change(from, to, sign + text + sign, from + size, from + size + text.length);
  }
  const [start, end] = pair;
  const mark = value.slice(start - size, start);
  const [first, last] = [Math.max(from, start), Math.min(to, end)];
  const [left, words, right] = [value.slice(start, first), value.slice(first, last), value.slice(last, end)];
  // what is not selected keeps its marks, where they can be set
  const isPlain = bare(left) === left && bare(right) === right;
  const isEdge = mark !== WORDLY || (/(^|\s)$/.test(left) && /^(\s|$)/.test(right));
  const keep = (/** @type {string} */ text) =>
    isPlain && isEdge && text.trim() ? text.replace(text.trim(), () => mark + text.trim() + mark) : text;
  const at = start - size + keep(left).length;
  return change(start - size, end + size, keep(left) + words + keep(right), at, at + words.length);
}

/** Without words: step over marks beside the caret, take away those around it, mark the word that it is in, or write a
 * pair.
 * @param {string} value @param {number} start @param {number} end @param {string} sign @returns {Change} */
function toggleAt(value, start, end, sign) {
  const size = sign.length;
  const before = lastOf(value.slice(0, start));
  const [after] = value.slice(end).split("\n");
  const put = change(start, end, sign + value.slice(start, end) + sign, start + size, end + size);
  if (start < end) return put;
  if (before.endsWith(sign) && after.startsWith(sign)) return change(start - size, end + size, "");
  const mark = /^[*_]*/.exec(after)?.[0].indexOf(sign) ?? -1;
  if (mark >= 0 && before.split(sign).length % 2 === 0) {
    // spaces inside the marks would make signs of them
    const spaces = /\s*$/.exec(before)?.[0] || "";
    return change(start - spaces.length, end + mark + size, after.slice(0, mark + size) + spaces);
  }
  const pair = pairAround(value, start, end, size);
  if (pair && (start < pair[0] || start > pair[1])) return change(start, start, "", pair[start < pair[0] ? 0 : 1]);
  const word = pair || wordAround(before, after, start);
  if (!word) return put;
  const made = toggleWords(value, word[0], word[1], sign);
  const at = made.start + start - word[0];
  return { ...made, start: at, end: at };
}

/** From where to where the word is that the caret is inside. @param {string} before @param {string} after @param {number} at
 * @returns {[number, number] | undefined} */
function wordAround(before, after, at) {
  const { Segmenter } = /** @type {any} */ (Intl);
  // it counts underscores as letters
  const line = (before + after).replaceAll("_", " ");
  const all = Segmenter ? [...new Segmenter([], { granularity: "word" }).segment(line)] : [];
  const from = at - before.length;
  const found = all.find(({ index, segment: { length } }) => index < before.length && index + length > before.length);
  if (!found || !/\p{L}/u.test(found.segment)) return;
  return [from + found.index, from + found.index + found.segment.length];
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

/** Make a link of the selection, whose address is written next. In a link, its address is selected, to be changed, and
 * a selected one, or one whose address is selected, is a link no more.
 * @param {string} value @param {number} start @param {number} end @returns {Change} */
export function link(value, start, end) {
  for (const { 0: all, 1: words, 2: address, index } of value.matchAll(/\[([^[\]]*)\]\(([^()\s]*)\)/g)) {
    const [from, to] = [index + words.length + 3, index + all.length];
    if (start < index || end > to || (start === end && (start === index || end === to))) continue;
    if (start === index ? end === to : start === from && end === to - 1)
      return change(index, to, words, index, index + words.length);
    return change(start, end, value.slice(start, end), from, from + address.length);
  }
  const words = value.slice(start, end);
  if (/^https?:\/\/\S+$/.test(words)) return change(start, end, `[](${words})`, start + 1);
  const at = end > start ? end + 3 : start + 1;
  return change(start, end, `[${words}](https://)`, at, end > start ? at + 8 : at);
}

/** @typedef {[string, number, number]} Held a text, and where its selection begins and ends */

/** Presses of the tools of a field: the same one, again at once, gives back what was there. */
export class Presses {
  name = "";
  /** @type {Held} */
  before = ["", 0, 0];
  /** @type {Held} */
  after = ["", 0, 0];

  /** @param {string} name @param {Held} now @param {Change} made @returns {Change} */
  press(name, now, made) {
    const [value] = now;
    if (name === this.name && `${now}` === `${this.after}`) {
      this.name = "";
      return between(value, ...this.before);
    }
    const { from, to, text, start, end } = made;
    const after = value.slice(0, from) + text + value.slice(to);
    this.name = after === value ? "" : name; // only the caret moved
    this.before = now;
    this.after = [after, start, end];
    return made;
  }
}

/** The least change from one text to another. @param {string} now @param {string} then @param {number} start
 * @param {number} end @returns {Change} */
function between(now, then, start, end) {
  let from = 0;
  while (from < now.length && now[from] === then[from]) from++;
  let rest = 0;
  while (rest < Math.min(now.length, then.length) - from && now.at(-1 - rest) === then.at(-1 - rest)) rest++;
  return change(from, now.length - rest, then.slice(from, then.length - rest), start, end);
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
