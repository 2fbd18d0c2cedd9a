// What a box looks like while it loads. A part of the loader.
// @ts-check

/** Styles that the page's own cannot change. @param {any} node @param {string} style */
export function css(node, style) {
  node.style.cssText += style.replace(/;/g, "!important;");
}

/** Give the frame the height and the look of its state: while it waits, grey where comments will stand. It has no
 * height of its own yet: whatever may load in it, a proxy's error page or the browser's, is not seen.
 * @param {any} box */
export function dress(box) {
  const bars = box.state === "waiting" && "repeating-linear-gradient(#0000 0 2em,#8882 0 3em)";
  css(box.frame, `height:${box.now}px;padding:${bars ? box.now : 0}px 0 0;background:${bars || 0};`);
}

/** A ground of its own has round corners. @param {any} box */
export function round(box) {
  css(box.frame, `border-radius:${box.ground ? 8 : 0}px;`);
}
