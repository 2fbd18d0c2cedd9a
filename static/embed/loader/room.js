// The room that a box takes on its page before its frame has said how tall it is, and after. What stands
// below must not move while somebody looks at it.
// @ts-check

/** @type {any} */
const storage = () => sessionStorage; // some pages throw

/** @param {any} box */
const key = (box) => `commentsvc ${box.opt("href") || location.href.split("#")[0]} ${box.opt("numposts") || ""}`;

/** As tall as the last time in this tab; else down to the lower edge of the window, so that whatever
 * follows is out of view when the comments come. @param {any} box @returns {number} */
export function estimate(box) {
  const at = box.node.getBoundingClientRect();
  try {
    const [width, height] = storage().getItem(key(box)).split(" ");
    if (Math.abs(width - at.width) < 9) return +height;
  } catch (_) {
    // the first time, or a page without storage
  }
  return Math.max(240, innerHeight - (at.top > 0 && at.top < innerHeight ? at.top : 0));
}

/** @param {any} box */
function remember(box) {
  // what a reader opens in the box is not there the next time
  if (document.activeElement === box.frame) return;
  try {
    storage().setItem(key(box), `${box.node.getBoundingClientRect().width} ${box.height}`);
  } catch (_) {
    // no storage
  }
}

/** How tall the frame may be now: not less than its first room while that would be seen. @param {any} box */
export function fit(box) {
  if (box.room > box.height) {
    const at = box.frame.getBoundingClientRect();
    if (!document.hidden && at.bottom > 0 && at.top + box.height < innerHeight) return box.room;
  }
  box.room = 0;
  return box.height;
}

/** @param {any} box @param {number} height */
export function measure(box, height) {
  box.height = Math.ceil(height);
  remember(box);
}
