// What a box looks like while it loads. Part of the loader.
// @ts-check

/** Set styles that the page's own cannot override. @param {any} node @param {string} style */
export function css(node, style) {
  node.style.cssText += style.replace(/;/g, "!important;");
}

/** Give the frame the height and look of its state: a gray fade while it loads. It is padding, so the content is
 * not visible yet: it may be an error page of a proxy or the browser.
 * @param {any} box */
export function dress(box) {
  const fade = box.state === "waiting" ? "linear-gradient(#8882,#0000)" : 0;
  css(box.frame, `height:${fade ? 0 : box.now}px;padding:${fade ? box.now : 0}px 0 0;background:${fade};`);
}

/** Round the corners of a box with its own background. @param {any} box */
export function round(box) {
  css(box.frame, `border-radius:${box.ground ? 8 : 0}px;`);
}
