// The one quiet line that stands where comments could not be loaded.
// @ts-check
import { phrases } from "./phrases.js";

/** The words of a language, if they are here. @param {string} name @returns {any} */
function found(name) {
  name = String(name || "")
    .replace(/-/g, "_")
    .toLowerCase();
  return phrases[name] || phrases[name.split("_")[0]];
}

/** Whether the words of the box's language have to be fetched. @param {any} box */
export const foreign = (box) => !found(box.opt("locale") || document.documentElement.lang || navigator.language);

/** @param {string} name @param {string} text @param {string} style @returns {any} */
function element(name, text, style) {
  const node = document.createElement(name);
  node.textContent = text;
  node.style.cssText = style;
  return node;
}

/** @param {any} box @param {() => void} retry @returns {HTMLElement} */
export function line(box, retry) {
  const say =
    found(box.opt("locale")) || found(document.documentElement.lang) || found(navigator.language) || phrases.en;
  const made = element("div", say.away, "padding-block:.5em;display:flex;flex-wrap:wrap;align-items:center;gap:.5em");
  const again = element(
    "button",
    say.retry,
    "font:inherit;color:inherit;background:none;border:1px solid;border-radius:4px;padding:0 .75em;min-height:40px;cursor:pointer",
  );
  const link = element("a", say.open, "");
  again.type = "button";
  again.onclick = retry;
  link.href = box.frame.src.split("#")[0];
  link.target = "_blank";
  link.rel = "noopener";
  made.setAttribute("role", "status");
  made.setAttribute("data-commentsvc", "line");
  made.append(again, link);
  return made;
}
