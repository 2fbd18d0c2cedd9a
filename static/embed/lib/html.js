// Markup in scripts, and the only place that hands any to the browser. tests/embed/test_markup.py holds that.
// @ts-check

/** @param {string} markup */
function parse(markup) {
  const template = document.createElement("template");
  // biome-ignore lint/plugin: the one place
  template.innerHTML = markup;
  return template.content;
}

/** What the server has written and cleaned: a page, a piece of one, a comment. @param {string} markup */
export const served = parse;

/** An element, or a fragment where there are several. Whatever stands in a hole is text and is escaped;
 * nodes are put there as they are, lists one after the other, and null, undefined and false are nothing. A
 * line break with what indents the next line is layout of the source. Holes of attributes stand in quotes.
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
