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
  const bars =
    "linear-gradient(#0000 12px,#8883 0 2em,#0000 0 4em,#8883 0 7em,#0000 0 9em,#8883 0 10em,#0000 0 11em,#8883 0 12em,#0000 0)";
  css(
    box.frame,
    box.state === "waiting"
      ? `height:0;padding:${box.now}px 0 0;background:${bars};`
      : `height:${box.now}px;padding:0;background:none;`,
  );
}
