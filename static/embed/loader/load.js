// How a load goes: waiting, then shown, refused or away. README.md has the drawing.
// @ts-check
import { later } from "./later.js";
import { foreign, line } from "./line.js";
import { phrases } from "./phrases.js";
import { begin, replace } from "./room.js";

/** Without any answer while the box is in view; and without a word of ours once something is loaded. */
const PATIENCE = 10000;
const GRACE = 2500;

/** Grey where comments will stand. The frame's own content has no height yet: whatever may load in it,
 * a proxy's error page or the browser's, is not seen. */
const BARS = ["0 12px/9em 1.3em", "0 4em/100% 3em", "0 9em/7em 1em", "0 11em/100% .8em", "0 12.6em/60% .8em"];

/** @param {any} node */
function skeleton(node) {
  const start = getComputedStyle(node).direction === "rtl" ? "100%" : "0";
  let layers = "";
  for (let i = 0; i < BARS.length; i++)
    layers += `${i ? "," : ""}linear-gradient(#8883 0 0) no-repeat ${start}${BARS[i].slice(1)}`;
  return layers;
}

/** @param {any} node @param {Record<string, string | number>} style */
export function css(node, style) {
  for (const name in style) node.style.setProperty(name, style[name], "important");
}

/** Give the frame the height and the look of its state. @param {any} box */
export function dress(box) {
  const waits = box.state === "waiting" && !box.line;
  const open = box.state === "shown" || box.state === "refused";
  css(box.frame, {
    height: open ? `${box.now}px` : 0,
    padding: waits ? `${box.now}px 0 0` : 0,
    background: waits ? skeleton(box.node) : "none",
    visibility: waits || open ? "visible" : "hidden",
  });
}

/** @param {any} box @param {string} state @param {string} [why] */
function become(box, state, why) {
  clearTimeout(box.timer);
  if (box.state === state) return;
  box.state = state;
  box.frame.setAttribute("data-commentsvc", state);
  if (state === "refused") console.warn(`commentsvc: ${why}, ${location.origin}`);
  if (state === "shown") replace(box);
  dress(box);
  if (state === "away") excuse(box);
  else if (state !== "waiting") leave(box);
  // now, so that a browser has them when the service does not answer
  if (state !== "waiting" && foreign(box)) learn(box);
  box.tell(state, why);
}

/** @param {any} box */
function excuse(box) {
  if (box.line) return busy(box, false);
  box.line = line(box, box.again);
  box.node.appendChild(box.line);
}

/** Whether another try is under way. The button keeps the focus. @param {any} box @param {boolean} on */
export function busy(box, on) {
  css(box.line, { opacity: on ? 0.5 : 1 });
  box.line.querySelector("button").setAttribute("aria-disabled", on);
}

/** The line has had its time. @param {any} box */
function leave(box) {
  if (!box.line) return;
  const focused = box.line.contains(document.activeElement);
  box.line.remove();
  box.line = null;
  if (focused) box.frame.focus();
}

/** @type {any} */
let words;

/** Fetch the words of other languages, and write the line again if it stands there. @param {any} box */
function learn(box) {
  words = words || later(box.frame.src.split("/embed/")[0], "wording", (it) => Object.assign(phrases, it));
  words(() => {
    if (!box.line) return;
    leave(box);
    excuse(box);
  });
}

/** @param {any} box */
const lose = (box) => become(box, "away");

/** Wait for the frame's word. @param {any} box */
export function wait(box) {
  const frame = box.frame;
  box.here = false;
  clearTimeout(box.timer);
  box.timer = 0;
  if (!box.line) begin(box);
  become(box, "waiting");
  frame.onload = () => {
    if (box.frame !== frame) return;
    clearTimeout(box.timer);
    if (!box.here) box.timer = setTimeout(lose, GRACE, box);
    box.here = false; // the next page in the frame has to speak for itself
  };
  new IntersectionObserver((seen, observer) => {
    if (!seen[seen.length - 1].isIntersecting) return;
    observer.disconnect();
    if (box.state === "waiting" && !box.timer) box.timer = setTimeout(lose, PATIENCE, box);
  }).observe(frame);
}

/** The frame has spoken: it is ours. @param {any} box @param {string} [refused] */
export function arrive(box, refused) {
  box.here = true;
  become(box, refused ? "refused" : "shown", refused);
}
