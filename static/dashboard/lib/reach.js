// @ts-check
// Whether the server can be reached: a bar says so until it can be again.

import { data, say } from "./page.js";

export const REACHED = "commentsvc:reached"; // an event of the document: the server answers again
const EVERY = 4000; // milliseconds between two tries while it cannot be reached
let timer = 0;
let leaving = false; // a request that ends because the page is left says nothing

const bar = () => document.getElementById("offline");

/** The server has answered, or it could not be reached. @param {boolean} is */
export function reached(is) {
  const place = bar();
  if (!place || leaving || place.hidden === is) return;
  window.clearTimeout(timer);
  place.hidden = is;
  document.body.toggleAttribute("data-offline", !is);
  place.textContent = is ? "" : say("js.no_server");
  if (!is) timer = window.setTimeout(again, EVERY);
  else document.dispatchEvent(new Event(REACHED));
}

/** Whether the server cannot be reached, as far as is known. */
export const isAway = () => bar()?.hidden === false;

/** What to say when something did not come. */
export const missing = () => say(isAway() ? "js.offline" : "js.failed");

async function again() {
  window.clearTimeout(timer);
  if (!bar() || bar()?.hidden) return;
  try {
    const { status } = await fetch(data.live, { method: "HEAD", credentials: "same-origin" });
    if (![502, 503, 504].includes(status)) return reached(true);
  } catch {
    // still away
  }
  timer = window.setTimeout(again, EVERY);
}

window.addEventListener("offline", () => reached(false));
window.addEventListener("online", again);
window.addEventListener("pagehide", () => (leaving = true));
window.addEventListener("pageshow", () => (leaving = false));
