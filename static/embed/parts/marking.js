// What tools do to Markdown: edits of a text, without the field that holds it.
// @ts-check
import { begun, change, isCode, isHeld, lastOf } from "./lines.js";
import { inLink, isInCode, links } from "./links.js";
import {
  FREE,
  WORDLY,
  fitting,
  inner,
  isEmpty,
  isOpen,
  markIn,
  pairAround,
  unbroken,
  atomAround,
  whole,
} from "./pairs.js";

/** @typedef {import("./lines.js").Change} Change */

const QUOTE = "> ";
/** Nothing happens. @param {number} start @param {number} end */
const nothing = (start, end) => change(start, start, "", start, end);

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
/** A sign of another kind, which a sign takes the place of, and where it comes otherwise. @type {Record<string, RegExp>} */
const OTHER = { [QUOTE]: /^/, "- ": /^\s*(?:[-*+]|\d{1,2}[.)]) |^/ };

/** Begin lines with a sign; again takes it away. What was selected and is quoted now is answered below.
 * @param {string} value @param {number} start @param {number} end @param {string} sign @returns {Change} */
export function begin(value, start, end, sign) {
  const [from, to] = linesOf(value, start, end, sign === QUOTE ? "\n\n" : "\n");
  if (sign !== QUOTE && isCode(value.slice(0, from))) return nothing(start, end);
  const lines = value.slice(from, to).split("\n");
  const isGap = (/** @type {string} */ line) => !line && lines[1] !== undefined && sign !== QUOTE;
  const isOn = from < to && lines.every((line) => isGap(line) || SIGNED[sign].test(line));
  const set = (/** @type {string} */ line) =>
    isOn ? line.replace(SIGNED[sign], "") : isGap(line) ? line : line.replace(OTHER[sign], signOver(sign));
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
  const at = value.slice(from, start).split("\n").length - 1;
  const held = lines.slice(0, at + 1);
  const after = held.join("\n").length - (start - from);
  return change(from, to, text, first + Math.max(0, held.map(set).join("\n").length - after));
}

/** What a sign is put in place of: the indentation of a list item stays. @param {string} sign */
const signOver = (sign) => (/** @type {string} */ old) => (/^\s*/.exec(old)?.[0] ?? "") + sign;

/** Marks on both sides of words, or without a selection of what is typed next; again takes them away.
 * @param {string} value @param {number} start @param {number} end @param {string} sign @returns {Change} */
export function toggle(value, start, end, sign) {
  const isBlank = start < end && !value.slice(start, end).trim();
  if (isBlank || isInCode(value, start, end)) return nothing(start, end);
  if (start === end) return toggleAt(value, start, sign);
  const [first, last] = unbroken(value, ...whole(value, start, end));
  const words = value.slice(first, last);
  if (words.trim().includes("\n")) return toggleLines(value, first, last, sign);
  // spaces inside the marks would make signs of them
  const from = first + words.length - words.trimStart().length;
  const to = last - words.length + words.trimEnd().length;
  return toggleWords(value, from, to, sign);
}

/** Without marks. @param {string} text */
const bare = (text) => text.replace(/[*_]/g, "");

/** @param {string} value @param {number} from @param {number} to @param {string} sign @returns {Change} */
function toggleWords(value, from, to, sign) {
  const size = sign.length;
  const pair = pairAround(value, from, to, size);
  if (!pair) {
    const [first, last] = inner(value, from, to);
    const words = value.slice(first, last);
    if (!words) return nothing(from, to);
    const text = sign === WORDLY ? words : words.replaceAll(sign, "");
    const mark = fitting(sign, value.slice(0, first), value.slice(last), words);
    return change(first, last, mark + text + mark, first + size, first + size + text.length);
  }
  const [start, end] = pair;
  const mark = value.slice(start - size, start);
  const [first, last] = [Math.max(from, start), Math.min(to, end)];
  const [left, words, right] = [value.slice(start, first), value.slice(first, last), value.slice(last, end)];
  // what is not selected keeps its marks, where they can be set
  const isPlain = bare(left) === left && bare(right) === right;
  const keep = (/** @type {string} */ text, /** @type {string} */ before, /** @type {string} */ after) => {
    const kept = text.trim();
    const sign = fitting(mark, before, after, kept);
    return isPlain && kept ? text.replace(kept, () => sign + kept + sign) : text;
  };
  const begins = keep(left, "", /\s$/.test(left) ? "" : words);
  const ends = keep(right, /^\s/.test(right) ? "" : words, "");
  const at = start - size + begins.length;
  return change(start - size, end + size, begins + words + ends, at, at + words.length);
}

/** Without words: step over marks beside the caret, take away those around it, mark the word that it is in, or write a
 * pair.
 * @param {string} value @param {number} start @param {string} sign @returns {Change} */
function toggleAt(value, start, sign) {
  const size = sign.length;
  const before = lastOf(value.slice(0, start));
  const [after] = value.slice(start).split("\n");
  const sure = fitting(sign, before, after);
  for (const each of sign === WORDLY ? [WORDLY, FREE] : [sign]) {
    if (isEmpty(before, after, each)) return change(start - size, start + size, "");
    const mark = markIn(after, each);
    if (mark < 0 || !isOpen(before, each)) continue;
    // spaces inside the marks would make signs of them
    const spaces = /\s*$/.exec(before)?.[0] || "";
    return change(start - spaces.length, start + mark + size, after.slice(0, mark + size) + spaces);
  }
  const [first, last] = atomAround(value, start) ?? [start, start];
  const pair = pairAround(value, first, last, size);
  if (pair && (start < pair[0] || start > pair[1])) return change(start, start, "", pair[start < pair[0] ? 0 : 1]);
  const word = pair || wordOf(value, start);
  if (!word) return change(start, start, sure + sure, start + size);
  const made = toggleWords(value, word[0], word[1], sign);
  const at = made.start + start - word[0];
  return { ...made, start: at, end: at };
}

/** What a tool takes that is used inside of it: an address, or a word. @param {string} value @param {number} at
 * @returns {[number, number] | undefined} */
function wordOf(value, at) {
  const [after] = value.slice(at).split("\n");
  return atomAround(value, at) ?? wordAround(lastOf(value.slice(0, at)), after, at);
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
  const hasCode = /```|~~~/.test(value.slice(start, end));
  const edges = [value.slice(0, start), value.slice(end)];
  const parts = value
    .slice(start, end)
    .split("\n")
    .map((line, at, all) => {
      const above = hasCode ? edges[0] + all.slice(0, at).join("\n") + (at ? "\n" : "") : "";
      const isBare = hasCode && (isCode(above) || isCode(`${above + line}\n`));
      const text = isBare ? "" : (begun(line)?.[6] ?? line).trim();
      const from = line.lastIndexOf(text);
      const mark = fitting(sign, at || from ? "" : edges[0], all[at + 1] === undefined ? edges[1] : "", text);
      return [line.slice(0, from), text, line.slice(from + text.length), mark];
    });
  const isMarked = (/** @type {string} */ text, /** @type {string} */ mark) =>
    text.length > 2 * mark.length && text.startsWith(mark) && text.endsWith(mark);
  const isOn = parts.every(([, text, , mark]) => !text || isMarked(text, mark));
  const set = (/** @type {string} */ text, /** @type {string} */ mark) =>
    isOn ? text.slice(mark.length, -mark.length) : isMarked(text, mark) ? text : mark + text + mark;
  const text = parts.map(([before, words, after, mark]) => before + (words && set(words, mark)) + after).join("\n");
  return change(start, end, text, start, start + text.length);
}

/** Make a link of the selection, whose address is written next. In a link, its address is selected, to be changed, and
 * a selected one, or one whose address is selected, is a link no more.
 * @param {string} value @param {number} start @param {number} end @returns {Change} */
export function link(value, start, end) {
  if (isInCode(value, start, end)) return nothing(start, end);
  for (const { all, words, address } of links(value)) {
    const [index, to] = all;
    if (end <= index || start >= to) continue;
    if (start === index ? end === to : start === address[0] && end === address[1])
      return change(index, to, value.slice(...words), index, index + words[1] - words[0]);
    return change(start, start, "", ...address);
  }
  const isBlank = !value.slice(start, end).trim();
  const [from, to] = isBlank ? (wordOf(value, end) ?? [end, end]) : unbroken(value, ...whole(value, start, end));
  const words = value.slice(from, to);
  if (/^(?:https?:\/\/|www\.)\S+$/i.test(words)) return change(from, to, `[](${inLink(words)})`, from + 1);
  const at = to > from ? to + 3 : from + 1;
  return change(from, to, `[${words}](https://)`, at, to > from ? at + 8 : at);
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
