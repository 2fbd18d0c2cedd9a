// Notices when the page's colors around a box may have changed, and whether the first look is enough there. Part of
// after.js.
// @ts-check
import { around } from "./around.js";

/** @type {MutationObserver} */
var observer;
var pending = false;

/** Call `changed` once in the next animation frame when the page's colors around a box may have changed: attributes
 * around it, a style sheet, the end of a transition, a checkbox. The frame inherits the page's text color, so a
 * transition on the frame also detects changes with other causes.
 * @param {HTMLIFrameElement} frame @param {() => void} changed */
export function watch(frame, changed) {
  function soon() {
    if (!pending) requestAnimationFrame(done);
    pending = true;
  }
  function done() {
    pending = false;
    changed();
  }
  if (!observer) {
    observer = new MutationObserver(soon);
    for (var name of ["transitionend", "transitioncancel", "animationend", "change"])
      document.addEventListener(name, soon, true);
    document.addEventListener("load", ({ target }) => /** @type {any} */ (target).rel && soon(), true);
  }
  // again for each box: routers replace a page's head and body
  if (document.head)
    observer.observe(document.head, { attributes: true, childList: true, characterData: true, subtree: true });
  for (var node = around(frame); node; node = around(node)) observer.observe(node, { attributes: true });
  frame.style.setProperty("transition", "color 1ms", "important");
  frame.addEventListener("transitionend", soon);
}

/** Whether the first look (glance.js) is enough: one opaque color around `node`, clearly dark or light, or dark text
 * on the browser's own white. Otherwise, look.js is fetched. @param {any} node */
export function plain(node) {
  var ink = getComputedStyle(node).color;
  for (; node?.nodeType === 1; node = around(node)) {
    var { opacity, display, backgroundImage, backgroundColor } = getComputedStyle(node);
    if (opacity !== "1" || /^c|line$/.test(display) || backgroundImage !== "none") return false;
    if (!/, 0\)$/.test(backgroundColor)) return /^rgb\((([1-5]?\d(, )?){3}|(2..(, )?){3})\)$/.test(backgroundColor);
  }
  return (
    !/dark/.test(getComputedStyle(document.documentElement).colorScheme) && /^rgb\(([1-9]?\d(, )?){3}\)$/.test(ink)
  );
}
