// @ts-check
// The progress of a running import, polled while the page is visible.

import { get } from "./lib/http.js";

const EVERY = 2000;
const SLOWEST = 60000;

const bar = document.getElementById("import-progress");
let pause = EVERY;
let timer = 0;

async function ask() {
  window.clearTimeout(timer);
  if (document.visibilityState !== "visible") return;
  const { ok, status, body } = await get(location.href);
  // ended, or no longer visible to this person: the page itself says what and why
  if (ok ? !body.running : status >= 400 && status < 500 && status !== 429) return location.reload();
  if (ok) show(body);
  pause = ok ? EVERY : Math.min(SLOWEST, pause * 2);
  timer = window.setTimeout(ask, pause);
}

/** @param {{seen: number, total: number, words: string, state: string, title: string}} course */
function show({ seen, total, words, state, title }) {
  const label = document.querySelector("label[for=import-progress]");
  if (label) label.textContent = words;
  const heading = document.getElementById("import-state");
  if (heading) heading.textContent = state;
  document.title = title;
  const progress = /** @type {HTMLProgressElement} */ (bar);
  progress.max = total;
  progress.value = seen;
}

document.addEventListener("visibilitychange", ask);
window.addEventListener("pageshow", (event) => event.persisted && ask());
timer = window.setTimeout(ask, EVERY / 4);
