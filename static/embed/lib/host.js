// The page around the frame: it hears heights and events, and says little. README.md has the words.
// @ts-check

// The loader names its page's origin behind the #, and the colour it stands on. A message reaches that
// origin or nobody.
const [origin, colour] = decodeURIComponent(location.hash.slice(1)).split("|");
const embedded = parent !== window && /^https?:\/\//.test(origin);

/** @param {Record<string, any>} message */
export function tell(message) {
  if (embedded) parent.postMessage(message, origin);
}

/** Something a page may want to count: `comment.create`, `comment.remove`.
 * @param {string} event @param {Record<string, any>} detail */
export const emit = (event, detail) => tell({ event, detail });

/** Bring a part of the frame into view. @param {Element} node */
export function show(node) {
  if (embedded) tell({ y: Math.max(0, node.getBoundingClientRect().top) });
  else node.scrollIntoView({ block: "center" });
}

/** Bring a part of the frame into view, unless it is. @param {Element} node */
export function showUnlessSeen(node) {
  new IntersectionObserver(([entry], watch) => {
    watch.disconnect();
    if (entry.intersectionRatio < 0.5) show(node);
  }).observe(node);
}

/** Stand on the page's own colour. @param {string} [colour] */
export function ground(colour) {
  if (/^(Canvas|rgba?\([\d, .]+\))?$/.test(colour || "")) document.documentElement.style.background = colour || "";
}

/** @param {(said: any) => void} heard */
export function listen(heard) {
  document.documentElement.classList.add(embedded ? "embedded" : "alone");
  if (embedded) ground(colour);
  tell({ title: document.title });
  addEventListener("message", (event) => {
    if (embedded && event.source === parent && event.origin === origin) heard(event.data || {});
  });
}
