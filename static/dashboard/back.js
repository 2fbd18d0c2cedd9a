// @ts-check
// Back, on a phone: it closes what covers the page (the drawer, the reasons, one card at a time), as Escape does,
// and leaves the page only from the page itself.

import { OPEN } from "./lib/toast.js";

const NARROW = matchMedia("(max-width: 760px)"); // as in the style sheets
/** Whether what opens is a sheet over the page, which moves nothing. */
export const hasSheets = () => NARROW.matches;
const COVERS = `.drawer:not([hidden]), body[data-single], ${OPEN}`;
const MARK = "commentsvc.covered";

let hash = location.hash;

/** Whether this history entry is one of ours: the page with something over it, or with what has been closed since. */
const isOurs = () => history.state?.[MARK] === true;
let ours = isOurs();

/** Add a history entry while something covers the page, for Back to go away from. One is enough: it is kept, and used
 * again, when the sheet is closed otherwise, since going back takes its time, and the next sheet may open meanwhile. */
function cover() {
  if (!hasSheets() || isOurs() || !document.querySelector(COVERS)) return;
  history.scrollRestoration = "manual"; // Back from a sheet moves nothing
  history.pushState({ ...history.state, [MARK]: true }, "");
  hash = location.hash;
  ours = true;
}

/** @param {() => unknown} close closes what lies on top */
export function backCloses(close) {
  document.addEventListener("toggle", cover, true);
  document.addEventListener("focusin", cover); // a reply's form takes the focus
  new MutationObserver(cover).observe(document.body, { attributeFilter: ["data-drawer", "data-single"] });
  addEventListener("pagehide", () => (history.scrollRestoration = "auto"));
  addEventListener("popstate", () => {
    const left = ours && !isOurs() && hash === location.hash;
    ours = isOurs();
    if (!left) return;
    if (!document.querySelector(COVERS)) return history.back(); // closed before: go where the person wants to
    close();
    cover(); // there may be another beneath it
  });
}
