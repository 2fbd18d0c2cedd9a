// Messages to and from the page around the frame: heights and events. README.md lists them.
// @ts-check
import { page } from "./dom.js";

// The fragment contains the page's origin, and whether the box needs a background. Messages are sent only to that
// origin.
const [origin, colour] = decodeURIComponent(location.hash.slice(1)).split("|");
const embedded = parent !== window && /^https?:\/\//.test(origin);

/** @param {Record<string, any>} message */
export function tell(message) {
  if (embedded) parent.postMessage(message, origin);
}

/** Send an event that a page may want to count: `comment.create`, `comment.remove`, `comment.count`.
 * @param {string} event @param {Record<string, any>} detail */
export const emit = (event, detail) => tell({ event, detail });

/** Bring a part of the frame into view, with `from`, which is above it, if the screen has room for both.
 * @param {Element} node @param {Element} [from] */
export function show(node, from = node) {
  const { top, bottom } = node.getBoundingClientRect();
  const above = from.getBoundingClientRect().top;
  // beside the browser's own bars
  if (embedded) tell({ y: Math.max(0, bottom - above < screen.availHeight - 300 ? above : top) });
  else node.scrollIntoView({ block: "center" });
}

/** Bring a part of the frame into view, unless it is in view after the frame has grown: all of a question with its
 * buttons. @param {Element} node */
export function showUnlessSeen(node) {
  const watch = new IntersectionObserver(([entry]) => {
    watch.disconnect();
    const least = node.matches(".panel") ? 0.95 : 0.5;
    if (entry.intersectionRatio < least && node.checkVisibility()) show(node);
  });
  setTimeout(() => watch.observe(node), 300);
}

/** The fragment for another page of ours in the frame. */
export const around = () => `#${origin}|${document.documentElement.classList.contains("apart") ? "Canvas" : ""}`;

/** @param {(said: any) => void} heard */
export function listen(heard) {
  document.documentElement.classList.add(embedded ? "embedded" : "alone");
  // on the page's own ground, or where ours would not go with it, on one of the box's own; hello.js hears of another
  if (embedded && colour === "Canvas") document.documentElement.classList.add("apart");
  tell({ title: document.title, typeface: page.typeface });
  addEventListener("message", (event) => {
    if (embedded && event.source === parent && event.origin === origin) heard(event.data || {});
  });
}
