// The first look at the page where a box stands. Plain grounds are all that it understands; look.js, which comes
// later, knows the others. A part of the loader.
// @ts-check
import { around } from "./around.js";

/** What suits a box in `node`: light or dark ink, and whether it needs a ground of its own. Where there is no
 * plain ground, the page's ink says it. @param {any} node @returns {{scheme: string, own?: boolean}} */
export function glance(node) {
  /** About how light a color is to the eye, from 0 to 1; 3: there is nothing to see. @param {string} color */
  const light = (color) => {
    const [red, green, blue, alpha] = /** @type {any[]} */ (color.match(/\b[\d.]+/g));
    return alpha < 0.5 ? 3 : color[0] === "r" ? red / 1e3 + green / 400 + blue / 3e3 : red > 1 ? red / 100 : red;
  };
  const ink = light(getComputedStyle(node).color);
  let ground = 3;
  for (; ground > 2 && node?.tagName; node = around(node)) {
    const style = getComputedStyle(node);
    ground = style.backgroundImage === "none" ? light(style.backgroundColor) : 2;
  }
  const own = ground > 0.27 && ground < 0.73;
  return { scheme: (own || ground > 1 ? ink > 0.5 : ground < 0.5) ? "dark" : "light", own: own };
}
