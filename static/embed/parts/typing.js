// Writing aids: lists and quotes continue automatically, formatted text is pasted as Markdown, names are offered,
// and there is a short Markdown help.
// @ts-check
import { $, $$, announce, isComposing, place } from "../lib/dom.js";
import { html, served } from "../lib/html.js";
import { isMember } from "../lib/http.js";
import { part } from "../lib/parts.js";
import { kept } from "../lib/store.js";
import { say } from "../lib/words.js";
import { markBegun } from "../behaviours/draft.js";

/** @typedef {import("./form.js").Form} Form */
/** @typedef {import("./draft.js").Draft} Draft */

/** Beginnings of lines that the next line repeats. */
const BEGINNING = /^(\s*)(?:([-*+] )|(\d{1,9})([.)] )|((?:> ?)+))(.*)$/;
/** Markdown marks around the content of these elements. @type {Record<string, string>} */
const AROUND = { STRONG: "**", B: "**", EM: "_", I: "_", S: "~~", DEL: "~~", CODE: "`" };
const BLOCKS = /^(P|DIV|SECTION|ARTICLE|H[1-6]|UL|OL|TABLE|TR|BLOCKQUOTE|PRE|FIGURE|HEADER|FOOTER)$/;
const QUOTE = "> ";
const NOTHING = /^(STYLE|SCRIPT|TITLE|META|LINK|HEAD|TEMPLATE|NOSCRIPT)$/;

/** Replace the selection by a text, in the browser's undo history. @param {any} area @param {string} text */
function insert(area, text) {
  area.focus();
  const before = area.value;
  document.execCommand(text ? "insertText" : "delete", false, text);
  if (area.value !== before) return;
  area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Continue the list or quote of this line; an empty item ends it. @param {any} area @returns {boolean} whether there is one */
function goOn(area) {
  const { selectionStart: at, selectionEnd: end, value } = area;
  const from = value.lastIndexOf("\n", at - 1) + 1;
  const found = at === end && BEGINNING.exec(value.slice(from, at));
  if (!found) return false;
  const [, indent, dot, number, after, quote, text] = found;
  if (text.trim()) insert(area, `\n${indent}${dot || quote || `${+number + 1}${after}`}`);
  else {
    area.setSelectionRange(from, at);
    insert(area, "");
  }
  return true;
}

/** Pasted formatted text, as Markdown. @param {Node} node @returns {string} */
function marked(node) {
  if (node.nodeType === 3) return (node.nodeValue || "").replace(/\s+/g, " ");
  const element = /** @type {any} */ (node);
  const { tagName = "" } = element;
  if (NOTHING.test(tagName) || node.nodeType === 8) return "";
  if (tagName === "BR") return "\n";
  if (tagName === "PRE") return `\n\n\`\`\`\n${element.textContent.trimEnd()}\n\`\`\`\n\n`;
  const inside = [...node.childNodes].map(marked).join("");
  if (tagName === "LI") return `\n${bullet(element)}${inside.trim().replace(/\n+/g, "\n  ")}`;
  if (tagName === "BLOCKQUOTE") return `\n\n${tidy(inside).replace(/^/gm, "> ")}\n\n`;
  if (/^H[1-6]$/.test(tagName)) return `\n\n${around(inside, "**")}\n\n`;
  if (tagName === "TD" || tagName === "TH") return `${inside} `;
  if (BLOCKS.test(tagName)) return `\n\n${inside}\n\n`.replace(/\n\n\n+/g, "\n\n");
  return tagName === "A" ? linked(element, inside) : styled(element, inside);
}

/** @param {any} item */
function bullet(item) {
  const list = item.parentNode;
  return list?.tagName === "OL" ? `${[...list.children].indexOf(item) + (list.start || 1)}. ` : "- ";
}

/** @param {any} link @param {string} words */
function linked(link, words) {
  const href = link.getAttribute("href") || "";
  if (!/^https?:\/\//.test(href) || !words.trim()) return words;
  const name = words.trim().replace(/[[\]]/g, "\\$&");
  const address = href.replace(/[()\s]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`);
  return name === href ? href : `[${name}](${address})`;
}

/** Add bold and italic marks, according to an element's name or style. @param {any} element @param {string} words */
function styled({ tagName, style }, words) {
  const weight = style?.fontWeight || "";
  const isLight = /^(normal|[1-4]00)$/.test(weight);
  let sign = AROUND[tagName] || "";
  if (sign === "**" && isLight) sign = "";
  if (!sign && /^(bold|[6-9]00)$/.test(weight)) sign = "**";
  const italic = !sign && style?.fontStyle === "italic" ? "_" : "";
  return around(words, sign || italic);
}

/** Put a mark on both sides, next to the words. @param {string} words @param {string} sign */
function around(words, sign) {
  const inner = words.trim();
  return inner && sign && !inner.includes("\n\n") ? words.replace(inner, () => sign + inner + sign) : words;
}

/** Remove spaces at the ends of lines, and repeated empty lines. @param {string} text */
const tidy = (text) =>
  text
    .split("\n")
    .map((line) => line.trimEnd())
    .join("\n")
    .replace(/\n[ \t](?! )/g, "\n")
    .replace(/\n{3,}/g, "\n\n")
    .trim();

/** @param {any} event */
function paste(event) {
  const markup = event.clipboardData?.getData("text/html");
  if (!markup) return;
  const plain = event.clipboardData.getData("text/plain");
  const text = tidy(marked(served(markup)));
  const bare = (/** @type {string} */ words) => words.replace(/\s+/g, " ").trim();
  if (!text || bare(text) === bare(plain)) return; // plain text only: leave it to the browser
  event.preventDefault();
  insert(event.target, text);
}

/** What to type, and how it looks. */
const SIGNS = [
  ["bold", "**…**", "strong"],
  ["italic", "_…_", "em"],
  ["link", "[…](https://…)", "u"],
  ["quote", "> …", "q"],
  ["list", "- …", "span"],
  ["code", "`…`", "code"],
];

/** Write a mark around the selection. @param {Form} view @param {string} before @param {string} after */
function mark({ area }, before, after) {
  const { selectionStart: start, selectionEnd: end, value } = area;
  insert(area, before + value.slice(start, end) + after);
  const isLink = after.length > 2 && end > start;
  const caret = isLink ? end + before.length + 2 : start + before.length;
  if (start === end || isLink) area.setSelectionRange(caret, isLink ? caret + 8 : caret);
}

/** From where to where a sign is put before lines: those that are selected, else what holds the caret, between two edges.
 * @param {any} area @param {string} edge @returns {[number, number]} */
function linesOf({ selectionStart: start, selectionEnd: end, value }, edge) {
  const above = value.slice(0, start);
  if (start === end && /(^|\n)$/.test(above) && /^(\n|$)/.test(value.slice(end))) return [start, end];
  const cut = start < end ? "\n" : edge;
  const from = above.lastIndexOf(cut);
  // a line break at the end of what is selected begins no line
  const to = value.indexOf(cut, start < end && value[end - 1] === "\n" ? end - 1 : end);
  return [from < 0 ? 0 : from + cut.length, to < 0 ? value.length : to];
}

/** Begin lines with a sign; again takes it away. What was selected and is quoted now is answered below.
 * @param {any} area @param {string} sign @param {string} edge */
function begin(area, sign, edge) {
  const { selectionStart: start, selectionEnd: end, value } = area;
  const [from, to] = linesOf(area, edge);
  const lines = value.slice(from, to).split("\n");
  const isOn = from < to && lines.every((/** @type {string} */ line) => line.startsWith(sign));
  const isGap = (/** @type {string} */ line) => !line && lines[1] !== undefined && sign !== QUOTE;
  const set = (/** @type {string} */ line) => (isOn ? line.slice(sign.length) : isGap(line) ? line : sign + line);
  const caret = from + value.slice(from, start).split("\n").map(set).join("\n").length;
  const isAnswered = start < end && !isOn && sign === QUOTE;
  const rest = value.slice(to, to + 2).match(/^\n*/)[0].length;
  area.setSelectionRange(from, isAnswered ? to + rest : to);
  insert(area, lines.map(set).join("\n") + (isAnswered ? "\n\n" : ""));
  if (start === end) area.setSelectionRange(caret, caret);
}

/** Quote what is marked in a comment, else what is selected here, else the paragraph of the caret. @param {any} area */
function quote(area) {
  const marked = getSelection();
  const isThere = $$("#list .text").some((each) => each.contains(marked?.anchorNode));
  const words = isThere ? `${marked}`.trim() : "";
  if (!words) return begin(area, QUOTE, "\n\n");
  const { selectionEnd: end, value } = area;
  const above = value.slice(0, end);
  area.setSelectionRange(above.trimEnd().length, end);
  insert(area, `${above.trim() && "\n\n"}${words.replace(/\n\s*/g, "\n").replace(/^/gm, QUOTE)}\n\n`);
}

/** Offer names, if somebody is mentioned or the caret is after an @word, even if it was not typed.
 * @param {Form} view @param {Draft} draft */
function offerNames(view, draft) {
  const { value, selectionStart } = view.area;
  const isAsked = view.area === document.activeElement && /[@＠][^\n@＠]{0,40}$/.test(value.slice(0, selectionStart));
  if (draft.now.mentions || (isAsked && isMember())) part("mention").then(({ meet }) => meet(view, draft), String);
}

/** Where the form was, say that its text is kept; it can be thrown away, and that undone.
 * @param {Form} view @param {Draft} draft */
function leave({ area, form, task }, draft) {
  const node = place(task.id || task.parent || "");
  const { now } = draft;
  const line = html`<p class="tell"></p>`;
  const tell = (/** @type {boolean} */ isKept) => {
    const button = html`<button type="button" class="link">${say(isKept ? "discard" : "undo")}</button>`;
    line.replaceChildren(say(isKept ? "draft_kept" : "discarded"), " ", button);
    announce(say(isKept ? "draft_kept" : "discarded"));
    button.onclick = () => {
      draft.end();
      if (!isKept) {
        draft.now = now;
        draft.write(now.text);
      }
      if (!node) area.value = draft.now.text;
      markBegun();
      tell(!isKept);
      $("button", line).focus({ preventScroll: true });
    };
  };
  if (node) $("article", node).append(line);
  else form.after(line); // what is focused inside opens it
  area.addEventListener("focus", () => line.remove(), { once: true });
  tell(true);
}

export const meet = {
  bold: (/** @type {Form} */ view) => mark(view, "**", "**"),
  italic: (/** @type {Form} */ view) => mark(view, "_", "_"),
  quote: (/** @type {Form} */ { area }) => quote(area),
  link: (/** @type {Form} */ view) => mark(view, "[", "](https://)"),
  list: (/** @type {Form} */ { area }) => begin(area, "- ", "\n"),

  /** Handle a form that has just opened. @param {Form} view @param {Draft} draft */
  begin(view, draft) {
    const { area, form, task } = view;
    const { shut } = task;
    task.shut = () => {
      shut?.();
      if (kept(draft.slot)) leave(view, draft);
    };
    // closed before this was here
    if (kept(draft.slot) && !(form.isConnected && view.isOpen())) leave(view, draft);
    offerNames(view, draft);
    area.addEventListener("input", () => offerNames(view, draft));
    for (const each of $$("[data-do$=help],[data-do$=pick]", form)) each.setAttribute("aria-expanded", false);
    area.addEventListener("paste", paste);
    area.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      const { key, ctrlKey, metaKey, altKey, shiftKey, defaultPrevented } = event;
      const isOther = ctrlKey || metaKey || altKey || shiftKey || defaultPrevented || isComposing(event);
      // when names are offered, Enter chooses one (mention.js)
      if (key !== "Enter" || isOther || area.hasAttribute("aria-activedescendant")) return;
      if (goOn(area)) event.preventDefault();
    });
  },

  /** @param {Form} view @param {any} button */
  help(view, button) {
    view.unfold(button, () => {
      const rows = SIGNS.map(([name, typed, tag]) => {
        const looks = document.createElement(tag);
        looks.textContent = say(name);
        return html`<tr><td><code dir="ltr">${typed}</code></td><td>${looks}</td></tr>`;
      });
      return html`<div class="signs"><table><tbody>${rows}</tbody></table><p>${say("keys")}</p></div>`;
    });
  },
};
