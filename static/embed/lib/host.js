// The page around the frame: it hears heights and events, and says little. README.md has the words.
// @ts-check
import { page } from "./dom.js";

// The loader names its page's origin behind the #, and whether the box needs a ground of its own. A message reaches that
// origin or nobody.
const [origin, colour] = decodeURIComponent(location.hash.slice(1)).split("|");
const embedded = parent !== window && /^https?:\/\//.test(origin);

/** @param {Record<string, any>} message */
export function tell(message) {
  if (embedded) parent.postMessage(message, origin);
}

/** Something a page may want to count: `comment.create`, `comment.remove`, `comment.count`.
 * @param {string} event @param {Record<string, any>} detail */
export const emit = (event, detail) => tell({ event, detail });

/** Bring a part of the frame into view. @param {Element} node */
export function show(node) {
  if (embedded) tell({ y: Math.max(0, node.getBoundingClientRect().top) });
  else node.scrollIntoView({ block: "center" });
}

/** Bring a part of the frame into view, unless it is once the frame has grown. @param {Element} node */
export function showUnlessSeen(node) {
  const watch = new IntersectionObserver(([entry]) => {
    watch.disconnect();
    if (entry.intersectionRatio < 0.5) show(node);
  });
  setTimeout(() => watch.observe(node), 300);
}

/** What stands behind the # when the frame goes on to another page of ours. */
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
