// Markup in scripts: only this module passes markup to the browser (tests/embed/test_markup.py).
// @ts-check

/** @param {string} markup */
function parse(markup) {
  const template = document.createElement("template");
  // biome-ignore lint/plugin: the one place
  template.innerHTML = markup;
  return template.content;
}

/** Parse markup that the server has sanitized: a page, a part of one, a comment. @param {string} markup */
export const served = parse;

/** An element, or a fragment if there are several. A value is escaped as text; nodes are inserted as they are,
 * lists item by item, and null, undefined and false are skipped. Line breaks and indentation of the source are
 * removed. Values in attributes must be in quotes.
 * @param {TemplateStringsArray} strings @param {any[]} holes @returns {any} */
export function html(strings, ...holes) {
  /** @type {Node[]} */
  const nodes = [];
  /** @param {any} hole @returns {string} */
  const fill = (hole) => {
    if (Array.isArray(hole)) return hole.map(fill).join("");
    if (hole instanceof Node) {
      nodes.push(hole);
      return "<template></template>";
    }
    return `${hole || hole === 0 ? hole : ""}`.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);
  };
  const parts = strings.map((each, at) => each.replace(/\n\s*/g, "") + fill(holes[at]));
  const made = parse(parts.join(""));
  for (const [at, spot] of made.querySelectorAll("template").entries()) spot.replaceWith(nodes[at]);
  return made.childNodes.length > 1 ? made : made.firstChild;
}
