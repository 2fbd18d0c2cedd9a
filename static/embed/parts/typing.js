// Comforts of writing: lists and quotes continue by themselves, formatted text is pasted as Markdown, names are
// offered, and there is a little help with the signs.
// @ts-check
import { $$, isComposing } from "../lib/dom.js";
import { html, served } from "../lib/html.js";
import { isMember } from "../lib/http.js";
import { part } from "../lib/parts.js";
import { say } from "../lib/words.js";

/** @typedef {import("./form.js").Form} Form */
/** @typedef {import("./draft.js").Draft} Draft */

/** What a line begins with that the next one begins with too. */
const BEGINNING = /^(\s*)(?:([-*+] )|(\d{1,9})([.)] )|((?:> ?)+))(.*)$/;
/** Around what stands in these. @type {Record<string, string>} */
const AROUND = { STRONG: "**", B: "**", EM: "_", I: "_", S: "~~", DEL: "~~", CODE: "`" };
const BLOCKS = /^(P|DIV|SECTION|ARTICLE|H[1-6]|UL|OL|TABLE|TR|BLOCKQUOTE|PRE|FIGURE|HEADER|FOOTER)$/;
const NOTHING = /^(STYLE|SCRIPT|TITLE|META|LINK|HEAD|TEMPLATE|NOSCRIPT)$/;

/** Put a text in place of what is selected, so that the browser's own undo knows of it. @param {any} area @param {string} text */
function insert(area, text) {
  area.focus();
  const before = area.value;
  document.execCommand(text ? "insertText" : "delete", false, text);
  if (area.value !== before) return;
  area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
  area.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Go on with the list or quote of this line; at an empty item it ends. @param {any} area @returns {boolean} whether there is one */
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

/** Formatted text that was copied, as Markdown. @param {Node} node @returns {string} */
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

/** Bold and italic, as an element means it or as its style says. @param {any} element @param {string} words */
function styled({ tagName, style }, words) {
  const weight = style?.fontWeight || "";
  const isLight = /^(normal|[1-4]00)$/.test(weight);
  let sign = AROUND[tagName] || "";
  if (sign === "**" && isLight) sign = "";
  if (!sign && /^(bold|[6-9]00)$/.test(weight)) sign = "**";
  const italic = !sign && style?.fontStyle === "italic" ? "_" : "";
  return around(words, sign || italic);
}

/** A sign on both sides, close to the words. @param {string} words @param {string} sign */
function around(words, sign) {
  const inner = words.trim();
  return inner && sign && !inner.includes("\n\n") ? words.replace(inner, () => sign + inner + sign) : words;
}

/** Without blanks at the ends of lines, and no more than one empty line. @param {string} text */
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
  if (!text || bare(text) === bare(plain)) return; // nothing but words: as the browser does it
  event.preventDefault();
  insert(event.target, text);
}

/** What one types, and how it looks. */
const SIGNS = [
  ["bold", "**…**", "strong"],
  ["italic", "_…_", "em"],
  ["link", "[…](https://…)", "u"],
  ["quote", "> …", "q"],
  ["list", "- …", "span"],
  ["code", "`…`", "code"],
];

/** Write a mark around what is selected. @param {Form} view @param {string} before @param {string} after */
function mark({ area }, before, after) {
  const { selectionStart: start, selectionEnd: end, value } = area;
  const isFresh = before[0] === "\n" && (!start || value[start - 1] === "\n");
  const open = isFresh ? before.slice(1) : before;
  area.focus();
  area.setRangeText(open + value.slice(start, end) + after, start, end, "end");
  if (start === end || after.length > 2) {
    const caret = start + open.length + (after.length > 2 && end > start ? end - start + 2 : 0);
    area.setSelectionRange(caret, after.length > 2 && end > start ? caret + 8 : caret);
  }
  area.dispatchEvent(new Event("input"));
}

/** Names, where somebody is mentioned or the caret stands behind an @word, however that came there.
 * @param {Form} view @param {Draft} draft */
function offerNames(view, draft) {
  const { value, selectionStart } = view.area;
  const isAsked = view.area === document.activeElement && /[@＠][^\n@＠]{0,40}$/.test(value.slice(0, selectionStart));
  if (draft.now.mentions || (isAsked && isMember())) part("mention").then(({ meet }) => meet(view, draft), String);
}

export const meet = {
  bold: (/** @type {Form} */ view) => mark(view, "**", "**"),
  italic: (/** @type {Form} */ view) => mark(view, "_", "_"),
  quote: (/** @type {Form} */ view) => mark(view, "\n> ", ""),
  link: (/** @type {Form} */ view) => mark(view, "[", "](https://)"),
  list: (/** @type {Form} */ view) => mark(view, "\n- ", ""),

  /** Mind a form that has just opened. @param {Form} view @param {Draft} draft */
  begin(view, draft) {
    const { area, form } = view;
    offerNames(view, draft);
    area.addEventListener("input", () => offerNames(view, draft));
    for (const each of $$("[data-do$=help],[data-do$=pick]", form)) each.setAttribute("aria-expanded", false);
    area.addEventListener("paste", paste);
    area.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      const { key, ctrlKey, metaKey, altKey, shiftKey, defaultPrevented } = event;
      const isOther = ctrlKey || metaKey || altKey || shiftKey || defaultPrevented || isComposing(event);
      // where names are offered, Enter chooses one (mention.js)
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
