// The first look at the page's colors around a box. It understands only plain backgrounds; look.js, which comes
// later, understands the others. Part of the loader.
// @ts-check
import { around } from "./around.js";

/** The scheme that suits a box in `node`, and whether the box needs its own background. Without a plain
 * background, the page's text color decides. @param {any} node @returns {{scheme: string, own?: boolean}} */
export function glance(node) {
  /** Approximate perceived lightness of a color, from 0 to 1; 3 if it is transparent. @param {string} color */
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
