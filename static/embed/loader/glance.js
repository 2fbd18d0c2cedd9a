// The first look at the page where a box stands. Plain grounds are all that it understands; look.js, which comes
// later, knows the others. A part of the loader.
// @ts-check

/** The element around a node, out of shadow trees too. @param {any} node @returns {any} */
export function around(node) {
  node = node.assignedSlot || node.parentNode;
  return node?.host || node;
}

/** What suits a box in `node`: light or dark ink, and whether it needs a ground of its own. Where there is no
 * plain ground, the page's ink says it. @param {any} node @returns {{scheme: string, own?: boolean}} */
export function glance(node) {
  /** About how light a color is to the eye; -1: nothing to see. @param {string} color */
  const light = (color) => {
    const [r, g, b, alpha] = /** @type {any[]} */ (color.match(/\b[\d.]+/g));
    if (alpha < 0.5) return -1;
    return color[0] === "r" ? (r * 0.2 + g * 0.7 + b * 0.1) / 255 : r > 1 ? r / 100 : r;
  };
  let style = getComputedStyle(node);
  const ink = light(style.color);
  let ground = -1;
  for (; node?.tagName && ground < 0; node = around(node)) {
    style = getComputedStyle(node);
    ground = style.backgroundImage === "none" ? light(style.backgroundColor) : 2;
  }
  const own = ground > 0.27 && ground < 0.73;
  return { scheme: (own || ground < 0 || ground > 1 ? ink > 0.5 : ground < 0.5) ? "dark" : "light", own: own };
}
