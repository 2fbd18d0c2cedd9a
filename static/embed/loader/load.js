// What a box looks like while it loads. Part of the loader.
// @ts-check

/** Set styles that the page's own cannot override. @param {any} node @param {string} style */
export function css(node, style) {
  node.style.cssText += style.replace(/;/g, "!important;");
}

/** Give the frame the height and look of its state: gray bars while it loads. These are padding, so the content is
 * not visible yet: it may be an error page of a proxy or the browser.
 * @param {any} box */
export function dress(box) {
  const bars = box.state === "waiting" && "repeating-linear-gradient(#0000 0 2em,#8882 0 3em)";
  css(box.frame, `height:${box.now}px;padding:${bars ? box.now : 0}px 0 0;background:${bars || 0};`);
}

/** Round the corners of a box with its own background. @param {any} box */
export function round(box) {
  css(box.frame, `border-radius:${box.ground ? 8 : 0}px;`);
}
