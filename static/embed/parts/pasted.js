// Pasted formatted text, as Markdown: what browsers, Google Docs, Word, Outlook, LibreOffice and Notion put on the clipboard.
// @ts-check
import { served } from "../lib/html.js";
import { linkTo } from "./links.js";

/** Markdown marks around the content of these elements. @type {Record<string, string>} */
const AROUND = { STRONG: "**", B: "**", EM: "_", I: "_", S: "~~", DEL: "~~", STRIKE: "~~", CODE: "`" };
const BLOCKS = /^(P|DIV|SECTION|ARTICLE|H[1-6]|UL|OL|TABLE|TR|BLOCKQUOTE|PRE|FIGURE|HEADER|FOOTER)$/;
const NOTHING = /^(STYLE|SCRIPT|TITLE|META|LINK|HEAD|TEMPLATE|NOSCRIPT)$/;
/** Attributes that the frame's policy drops, and says so in the console. They get other names before. */
const DROPPED = /\s(?=(style|on\w+)\s*=)/gi;
const KEPT = "data-";

/** Formatted text as Markdown. @param {string} markup */
export const inMarkdown = (markup) =>
  slanted(
    tidy(marked(served(markup.replace(/<[a-z][^>]*>/gi, (tag) => tag.replace(DROPPED, ` ${KEPT}`)))))
      // words that are bold in several pieces
      .replace(/(\S)\*{4}(?=\S)/g, "$1"),
  );

/** Stands for the mark of italic words until it is known what is beside them. */
const SLANT = "\uE000";

/** Write the marks of italic words: beside letters, only one of them is a mark. @param {string} text */
const slanted = (text) =>
  text.replace(/\uE000([^\uE000]*)\uE000/g, (all, words, at) => {
    const isInside =
      /[\p{L}\p{N}][*~]*$/u.test(text.slice(0, at)) || /^[*~]*[\p{L}\p{N}]/u.test(text.slice(at + all.length));
    return isInside ? `*${words}*` : `_${words}_`;
  });

/** A property of an element's own style. @param {any} element @param {string} name */
const styleOf = (element, name) =>
  new RegExp(`(?:^|;)\\s*${name}\\s*:\\s*([^;]+)`, "i")
    .exec(element.getAttribute?.(`${KEPT}style`) || "")?.[1]
    .trim() || "";

/** @param {Node} node @returns {string} */
function marked(node) {
  if (node.nodeType === 3) return (node.nodeValue || "").replace(/\s+/g, " ");
  const element = /** @type {any} */ (node);
  const { tagName = "" } = element;
  if (NOTHING.test(tagName) || node.nodeType === 8) return "";
  if (tagName === "BR") return "\n";
  if (tagName === "PRE") return `\n\n\`\`\`\n${element.textContent.trimEnd()}\n\`\`\`\n\n`;
  // Word's lists are paragraphs that begin with their sign
  const list = styleOf(element, "mso-list");
  if (list === "Ignore") return /\d/.test(element.textContent) ? `${Number.parseInt(element.textContent, 10)}. ` : "- ";
  const inside = [...node.childNodes].map(marked).join("");
  if (isListed(element)) {
    const last = element.previousElementSibling;
    // one of another kind begins a list of its own
    const goesOn = last && isListed(last) && isNumbered(last) === isNumbered(element);
    return `${goesOn ? "" : "\n"}\n${listed(list, inside.trim())}`;
  }
  if (tagName === "LI") return item(bullet(element), inside.trim());
  if (tagName === "BLOCKQUOTE") return `\n\n${tidy(inside).replace(/^/gm, "> ")}\n\n`;
  if (/^H[1-6]$/.test(tagName)) return `\n\n${around(inside, "**")}\n\n`;
  if (tagName === "TD" || tagName === "TH") return `${inside} `;
  if (/^[OU]L$/.test(tagName) && /^[OU]L$/.test(element.parentNode?.tagName))
    return `\n${tidy(inside).replace(/^(?=.)/gm, element.parentNode.tagName === "OL" ? "   " : "  ")}`;
  if (BLOCKS.test(tagName)) return `\n\n${inside}\n\n`.replace(/\n\n\n+/g, "\n\n");
  return tagName === "A" ? linked(element, inside) : styled(element, inside);
}

/** What is inside a list item stands below its first word. @param {string} sign @param {string} inside */
const item = (sign, inside) => `\n${sign}${inside.replace(/\n+/g, `\n${" ".repeat(sign.length)}`)}`;

/** @param {any} item */
function bullet(item) {
  const list = item.parentNode;
  if (list?.tagName !== "OL") return "- ";
  const all = [...list.children].filter(({ tagName }) => tagName === "LI");
  return `${all.indexOf(item) + (list.start || 1)}. `;
}

/** Whether it is a list item of Word. @param {any} element */
const isListed = (element) =>
  element.tagName === "P" && !!(styleOf(element, "mso-list") || /^\s*[·•▪§]\s/.test(element.textContent));

/** @param {any} item */
const isNumbered = ({ textContent }) => /^\s*\d+[.)]/.test(textContent);

/** A paragraph of Word that is a list item. @param {string} list what it says of its list @param {string} text */
function listed(list, text) {
  const deep = "   ".repeat(Number(/level(\d)/.exec(list)?.[1] ?? 1) - 1);
  return deep + (/^(-|\d+[.)]) /.test(text) ? text : text.replace(/^(?:[·•▪§o]\s+)?/, "- "));
}

/** @param {any} link @param {string} words */
function linked(link, words) {
  const href = link.getAttribute("href") || "";
  if (!/^https?:\/\//.test(href) || !words.trim()) return words;
  const name = words.trim();
  return name === href ? href : linkTo(href, name);
}

/** Add bold and italic marks, according to an element's style or name. @param {any} element @param {string} words */
function styled(element, words) {
  const weight = styleOf(element, "font-weight");
  const slant = styleOf(element, "font-style");
  const sign = AROUND[element.tagName] || "";
  const isBold = weight ? /^(bold|[6-9]00)/.test(weight) : sign === "**";
  const isItalic = slant ? /^(italic|oblique)/.test(slant) : sign === "_";
  const isStruck = sign === "~~" || /line-through/.test(styleOf(element, "text-decoration(?:-line)?"));
  let text = sign === "`" ? around(words, sign) : words;
  if (isBold) text = around(text, "**");
  if (isItalic) text = around(text, SLANT);
  return isStruck ? around(text, "~~") : text;
}

/** Put a mark on both sides, next to the words, unless they have it. @param {string} words @param {string} sign */
function around(words, sign) {
  const text = words.trim();
  if (!text || text.includes("\n\n")) return words;
  const has = text.startsWith(sign) && text.endsWith(sign) && text.length > 2 * sign.length;
  const bare = sign === "**" ? text.replaceAll(sign, "") : has ? text.slice(sign.length, -sign.length) : text;
  return words.replace(text, () => sign + bare + sign);
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
