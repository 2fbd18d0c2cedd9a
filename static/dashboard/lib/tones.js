// @ts-check
// The page's colors, in a format for a canvas.

/**
 * A custom property of the page, as a color for a canvas.
 * @param {HTMLElement} element
 * @param {string} name
 */
export function colour(element, name) {
  element.style.color = `var(--${name})`;
  const found = getComputedStyle(element).color;
  element.style.removeProperty("color");
  return found;
}

/** @param {string} tone @param {number} alpha */
export const pale = (tone, alpha) => tone.replace("rgb(", "rgba(").replace(")", `, ${alpha})`);

/** Stripes, which distinguish rejected comments without color. @param {string} tone */
export function stripes(tone) {
  const tile = document.createElement("canvas");
  tile.width = tile.height = 8;
  const pen = /** @type {CanvasRenderingContext2D} */ (tile.getContext("2d"));
  pen.fillStyle = pale(tone, 0.55);
  pen.fillRect(0, 0, 8, 8);
  pen.strokeStyle = tone;
  pen.lineWidth = 3;
  for (const at of [-8, 0, 8]) {
    pen.moveTo(at - 1, 9);
    pen.lineTo(at + 9, -1);
  }
  pen.stroke();
  return pen.createPattern(tile, "repeat");
}
