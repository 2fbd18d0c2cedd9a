// The entry point inside the frame: what buttons do, and what happens on load.
// @ts-check
import { $, $$, announce, idOf, isComposing, nameOf, page, place, put, tellTimes } from "./lib/dom.js";
import { html, served } from "./lib/html.js";
import { Problem, call, fetchMarkup, hasMoved, isMember, isSomebody, newKey, signedIn } from "./lib/http.js";
import { around, emit, listen, show, showUnlessSeen, tell } from "./lib/host.js";
import { given, part, tellPart } from "./lib/parts.js";
import { phrases } from "./lib/phrases.js";
import { reason } from "./lib/reason.js";
import { keep, kept } from "./lib/store.js";
import { say } from "./lib/words.js";
import { markBegun, slotOf, wasBegun } from "./behaviours/draft.js";
import { watch } from "./behaviours/live.js";
import { bar, countOwn, heed, isOff, mayWrite, me, refresh, showOwn, showWho, tally, total } from "./behaviours/me.js";
import { below, doing, leave, note, resume, shut } from "./behaviours/own.js";
import { bear, openWindow, prepare, signing } from "./behaviours/sign_in.js";
import { light, unfoldTo } from "./behaviours/thread.js";
import { compose, emptyForm } from "./behaviours/writing.js";

/** @type {Record<string, (node: any, ...how: any[]) => unknown>} */
const actions = Object.assign(Object.create(null), doing, signing);
// actions that parts handle; a part is fetched on first use
for (const [name, acts] of [
  ["folding", "above fold"],
  ["long", "whole"],
  ["menu", "menu"],
  ["mine", "mute"],
  ["panels", "edit flag withdraw"],
  ["arriving", "all more replies sort new"],
  ["reacting", "react"],
  ["sign_in", "sign-out"],
  ["person", "person"],
])
  for (const act of acts.split(" "))
    actions[act] = (button, ...how) => {
      const { classList } = button;
      if (classList.contains("busy")) return;
      classList.add("busy");
      part(name)
        .finally(() => classList.remove("busy"))
        .then(
          () => {
            note(button, ""); // that it could not be loaded
            return actions[act](button, ...how);
          },
          // without the part a link is followed, unless the server cannot be reached
          () =>
            (button.href ? fetchMarkup(button.href) : Promise.reject()).then(
              () => location.assign(button.href + around()),
              () => note(button, say("failed.read")),
            ),
        );
    };
Object.assign(given, {
  $,
  $$,
  Problem,
  actions,
  announce,
  bar,
  bear,
  below,
  call,
  compose,
  countOwn,
  emit,
  emptyForm,
  fetchMarkup,
  given,
  heed,
  html,
  idOf,
  isComposing,
  isMember,
  isOff,
  isSomebody,
  keep,
  kept,
  leave,
  light,
  markBegun,
  mayWrite,
  me,
  nameOf,
  newKey,
  note,
  openWindow,
  page,
  part,
  phrases,
  place,
  put,
  reason,
  refresh,
  say,
  served,
  show,
  showOwn,
  showUnlessSeen,
  showWho,
  shut,
  signedIn,
  slotOf,
  tally,
  tell,
  tellPart,
  tellTimes,
  total,
  unfoldTo,
});

document.addEventListener("click", (event) => {
  const target = /** @type {Element} */ (event.target);
  const node = target.closest("[data-action]");
  // a press beside a branch's comments is a press on its line
  const act = target.matches(".replies") ? actions.fold : actions[node?.getAttribute("data-action") || ""];
  if (!act || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  act(target.matches(".replies") ? target : node);
});

// The reader has signed in or out, or was signed out, in another box or tab, or on another page: whoever looks here
// sees it at once, or as soon as they do.
window.onstorage = document.onvisibilitychange = () => tellPart("sign_in", hasMoved(), { over: hasMoved });

for (const name of ["pointerover", "focusin"]) document.addEventListener(name, prepare);

listen((said) => {
  if (said.typeface) tellPart("typeface", page.typeface, said);
  if (said.signs) page.signs = "1";
  if (said.opens || typeof said.token === "string")
    tellPart("sign_in", said.opens || said.token || kept("by_site"), said);
  if (!/^[\w-]{1,60}$/.test(said.show || "")) return;
  const id = said.show.split("_").pop();
  if (place(id)) return light(id);
  part("arriving").then(() => actions.jump(id), String);
});
if (!$("#write") && wasBegun()) {
  // a closed conversation has no form, but a draft can still be read
  $("#new").before(emptyForm());
  $(".write").id = "write";
}
const form = $("#write");
if (form) {
  const start = () => compose(form);
  form.addEventListener("focusin", start);
  if (wasBegun() || form.matches(":focus-within") || $("textarea", form).value) start();
}

tellPart("hours", $(".opens"), 0);
tellTimes();
setInterval(tellTimes, 60_000);
if (kept("folded")) part("folding").catch(String);
if (page.gone) show($("#gone"));
else light(page.comment);
const chosen = kept("sort");
if (chosen && chosen !== page.sort && !page.comment) part("arriving").then(() => actions.sorted(chosen), String);
refresh().then(resume);
// Whoever moves here may soon press what most press first: it is fetched before, except where every byte counts.
const foresee = () => {
  if (!(/** @type {any} */ (navigator).connection?.saveData))
    (window.requestIdleCallback || setTimeout)(() => ["menu", "person"].map((name) => part(name).catch(String)));
};
for (const name of ["pointerover", "focusin"]) document.addEventListener(name, foresee, { once: true });
watch();
for (const node of /** @type {any} */ (window).early) {
  node.classList.remove("busy");
  actions[node.dataset.action]?.(node);
}
