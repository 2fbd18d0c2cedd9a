// The page's colors around a box, for pages where the first look (glance.js) is not enough: after.js fetches this
// there.
// @ts-check
import { around } from "./around.js";
/** @type {HTMLElement} */
var probe;

/** An element to test colors on, hidden from the page's styles and observers. */
function prober() {
  if (probe && probe.isConnected) return probe;
  var host = document.createElement("span");
  host.style.cssText = "display:none!important";
  probe = host.attachShadow({ mode: "closed" }).appendChild(document.createElement("i"));
  document.documentElement.appendChild(host);
  return probe;
}

/** Let the browser convert a color of any space to sRGB. @param {string} colour @returns {string} */
function converted(colour) {
  prober().style.color = "#0000";
  probe.style.color = "color-mix(in srgb," + colour + "," + colour + ")";
  return getComputedStyle(probe).color;
}

/** Red, green, blue and alpha, each from 0 to 1. @param {string} colour @returns {number[]} */
function parts(colour) {
  var said = /^rgb/.test(colour) ? colour : converted(colour);
  var [red, green, blue, alpha] = /** @type {any[]} */ (said.match(/none|-?[\d.]+(e-?\d+)?/g));
  /** @param {any} share */
  var part = (share) => Math.min(1, Math.max(0, (parseFloat(share) || 0) / (said[0] === "r" ? 255 : 1)));
  return [part(red), part(green), part(blue), parseFloat(alpha || 1) || 0];
}

/** Relative luminance (WCAG). @param {number[]} rgb */
function light(rgb) {
  var [red, green, blue] = rgb;
  /** @param {number} each */
  var linear = (each) => (each > 0.04045 ? ((each + 0.055) / 1.055) ** 2.4 : each / 12.92);
  return linear(red) * 0.2126 + linear(green) * 0.7152 + linear(blue) * 0.0722;
}

/** Composite a layer behind `front`, which is premultiplied. @param {number[]} front @param {number[]} layer */
function behind(front, layer) {
  var share = (1 - front[3]) * layer[3];
  for (var i = 0; i < 3; i++) front[i] += layer[i] * share;
  front[3] += share;
}

// between top-level commas
var LAYER = /(?:[^,()]|\((?:[^()]|\((?:[^()]|\([^()]*\))*\))*\))+/g;

/** Whether an image fills its element in a direction; otherwise it is an underline or an icon.
 * @param {string} size as the browser computes it, for both directions @param {string} repeat @param {number} way 0
 * across, 1 down */
function fills(size, repeat, way) {
  var again = repeat.split(" ");
  if (!/no-repeat/.test(again[way] || again[0]) && again[0] !== (way ? "repeat-x" : "repeat-y")) return true;
  var length = size.split(" ")[way] || "auto";
  return /px/.test(length) ? parseFloat(length) > 300 : !/%/.test(length) || parseFloat(length) > 50;
}

/** The images and gradients behind an element, without those that paint only a small part of it.
 * @param {CSSStyleDeclaration} style @returns {string[]} from front to back */
function painted(style) {
  var layers = style.backgroundImage.replace(/\burl\("(?:\\.|[^"\\])*"\)/g, "url()").match(LAYER) || [];
  var sizes = style.backgroundSize.split(", ");
  var repeats = style.backgroundRepeat.split(", ");
  var found = [];
  for (var at = 0; at < layers.length; at++) {
    var size = sizes[at % sizes.length];
    var repeat = repeats[at % repeats.length];
    if (fills(size, repeat, 0) && fills(size, repeat, 1)) found[found.length] = layers[at];
  }
  return found;
}

/** The mean of a gradient's stops. @param {string} image @returns {number[]} */
function mean(image) {
  var stops = image.match(/\b(rgba?|hsla?|hwb|oklab|oklch|lab|lch|color)\([^()]*\)/g) || [];
  var sum = [0, 0, 0, 0];
  for (var each of stops) {
    var stop = parts(each);
    for (var at = 0; at < 4; at++) sum[at] += at < 3 ? stop[at] * stop[3] : stop[3];
  }
  for (at = 0; at < 3; at++) sum[at] /= sum[3] || 1;
  sum[3] /= stops.length || 1;
  return sum;
}

/** The background behind `node`, composited from the nearest layer to the browser's canvas: its luminance, and
 * whether that is unknown, because of an image. @param {any} node @param {number} ink */
function ground(node, ink) {
  var front = [0, 0, 0, 0];
  var picture = false;
  for (; node && node.nodeType === 1; node = around(node)) {
    var style = getComputedStyle(node);
    // an inline element, such as <mark>, paints its lines and not the blocks inside
    if (/^(contents|inline)$/.test(style.display)) continue;
    for (var image of style.backgroundClip === "text" ? [] : painted(style)) {
      if (/^ *(-webkit-)?(url|image-set|cross-fade|element|paint)\(/.test(image) && front[3] < 0.9) picture = true;
      behind(front, mean(image));
    }
    behind(front, parts(style.backgroundColor));
    // count an invisible element in full: it is about to fade in
    for (var i = 0; i < 4; i++) front[i] *= +style.opacity || 1;
  }
  var bare = front[3] < 0.5;
  if (front[3] < 0.99) behind(front, parts("Canvas"));
  var bright = light(front);
  // if text were unreadable here, the real background must be something else
  var hidden = bare && Math.max(ink + 0.05, bright + 0.05) / Math.min(ink + 0.05, bright + 0.05) < 1.5;
  return { bright: bright, unknown: picture || hidden };
}

/** The scheme that suits a box in `node`, and whether the box needs its own background, because the page's is
 * too close to the middle.
 * @param {any} node @returns {{scheme: string, own: boolean}} */
export function look(node) {
  var ink = light(parts(getComputedStyle(node).color));
  var found = ground(node, ink);
  var own = !found.unknown && found.bright > 0.06 && found.bright < 0.5;
  return {
    scheme: (own || found.unknown ? ink > 0.25 : found.bright < 0.18) ? "dark" : "light",
    own: own,
  };
}
