// The entry inside the frame: what can be pressed, and what happens without pressing.
// @ts-check
import { $, $$, announce, idOf, listOf, page, place, tellTimes } from "./lib/dom.js";
import { html, served } from "./lib/html.js";
import { call, isMember } from "./lib/http.js";
import { ground, listen } from "./lib/host.js";
import { given, part } from "./lib/parts.js";
import { phrases } from "./lib/phrases.js";
import { keep, kept } from "./lib/store.js";
import { say } from "./lib/words.js";
import { compose } from "./behaviours/composer.js";
import { wasBegun } from "./behaviours/draft.js";
import { live, watch } from "./behaviours/live.js";
import { me, refresh } from "./behaviours/me.js";
import { below, doing, note, posted } from "./behaviours/own.js";
import { reason } from "./behaviours/sending.js";
import { signing } from "./behaviours/sign_in.js";
import { jump, light, reading, rememberOrder } from "./behaviours/thread.js";

/** @type {Record<string, (node: any) => unknown>} */
const actions = Object.assign(Object.create(null), live, doing, signing, reading);
actions.mute = (button) => part("mine").then(() => actions.mute(button));
const shared = {
  $,
  $$,
  announce,
  html,
  idOf,
  listOf,
  served,
  page,
  place,
  tellTimes,
  call,
  isMember,
  keep,
  kept,
  given,
  phrases,
};
Object.assign(given, { ...shared, say, reason, me, actions, below, note });

document.addEventListener("click", (event) => {
  const node = /** @type {Element} */ (event.target).closest("[data-action]");
  const act = actions[node?.getAttribute("data-action") || ""];
  if (!act || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  act(node);
});

listen((said) => {
  if (/^(light|dark)$/.test(said.scheme)) {
    document.documentElement.dataset.scheme = said.scheme;
    ground(said.ground);
  }
  if (/^[\w-]{1,60}$/.test(said.show || "")) jump(said.show);
});

const form = $("#write");
if (form) {
  const start = () => {
    if (!form.classList.contains("open")) compose(form, { done: posted });
  };
  form.addEventListener("focusin", start, { once: true });
  if (wasBegun()) start();
}

tellTimes();
setInterval(tellTimes, 60_000);
light(page.comment);
rememberOrder();
refresh();
watch();
