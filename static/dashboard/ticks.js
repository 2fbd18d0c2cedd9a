// @ts-check
// Selecting cards for a bulk action: one by one, or all from the last one to this. While some are selected, keys that
// decide mean all of them: they lead to the preview.

import { hasSheets } from "./back.js";
import * as cards from "./cards.js";
import { choiceOf, isComposing, keysOn } from "./keys.js";
import { announce, number, say } from "./lib/page.js";
import { arrival, store, stored } from "./lib/tab.js";
import { opensNothing } from "./pairs.js";
import { toggleSingle } from "./single.js";
import { hint, unhint } from "./undo.js";
import { waveOf } from "./waves.js";

/** @type {HTMLElement | null} the card that was ticked last */
let from = null;

/** @param {HTMLElement} card */
const box = (card) => /** @type {HTMLInputElement | null} */ (card.querySelector("input.tick"));

/** How many comments are selected: where waves are folded, a wave's card stands for all of it. */
function many() {
  const ticked = cards.all().filter((card) => box(card)?.checked);
  const waves = field("folded") ? ticked.map(waveOf) : [];
  return ticked.length + waves.reduce((sum, wave) => sum + Number(wave?.dataset.more ?? 0), 0);
}

/**
 * Select a card or deselect it; with `range`, all cards from the last one to this.
 * @param {HTMLElement} card
 * @param {boolean} range
 */
export function tick(card, range) {
  const own = box(card);
  if (!own) return false;
  own.checked = range || !own.checked;
  ticked(card, range);
  return true;
}

/**
 * A card's box has just been ticked or unticked.
 * @param {HTMLElement} card
 * @param {boolean} range
 */
export function ticked(card, range) {
  const all = cards.all();
  const [a, b] = [from ? all.indexOf(from) : -1, all.indexOf(card)].sort((one, other) => one - other);
  if (range && a >= 0) {
    for (const each of all.slice(a, b + 1)) {
      const other = box(each);
      if (other) other.checked = box(card)?.checked ?? false;
    }
  }
  from = card;
  announce(countTicks());
}

/** Select all cards that are shown. */
export function tickAll() {
  for (const card of cards.all()) {
    const own = box(card);
    if (own) own.checked = true;
  }
  announce(countTicks());
  return true;
}

/** Deselect all cards. @returns {boolean} whether any were selected */
export function unselect() {
  if (!many()) return false;
  for (const card of cards.all()) {
    const own = box(card);
    if (own) own.checked = false;
  }
  announce(countTicks());
  cards.current()?.focus({ preventScroll: true });
  return true;
}

let selected = ""; // what was said of a selection that has changed since

/** Show how many are selected: beside the bulk actions and in them, and in the bar at the bottom. */
export function countTicks() {
  const count = many();
  if (selected) unhint(selected);
  selected = "";
  const place = document.getElementById("ticked");
  const bar = document.getElementById("selected");
  const words = say("js.selected", { count });
  if (place) {
    place.hidden = count === 0;
    place.textContent = number(count);
  }
  if (bar) {
    bar.hidden = count === 0;
    document.body.toggleAttribute("data-selected", count > 0);
  }
  for (const each of document.querySelectorAll(".so-many")) each.textContent = count ? words : "";
  return words;
}

const form = () => /** @type {HTMLFormElement | null} */ (document.getElementById("bulk"));

/** @param {string} name */
const field = (name) => /** @type {HTMLSelectElement | null} */ (form()?.querySelector(`[name=${name}]`) ?? null);

/** @param {"approve" | "reject"} action */
function choose(action) {
  const list = field("action");
  if (list) list.value = action;
}

/**
 * Open the bulk actions at their first field, or at the reason for rejecting: above the cards, or as a sheet.
 * @param {boolean} [reject]
 * @param {boolean} [ban] whether the authors are banned too
 */
export function openBulk(reject = false, ban = false) {
  const place = document.querySelector("details.many");
  if (!(place instanceof HTMLDetailsElement)) return false;
  const above = !hasSheets();
  if (above && cards.isSingle()) toggleSingle();
  if (above) cards.goUp();
  place.open = true;
  if (reject) choose("reject");
  const box = place.querySelector("[name=ban]");
  if (box instanceof HTMLInputElement && reject) box.checked = ban;
  field(reject ? "reason" : "action")?.focus({ preventScroll: true });
  if (above) scrollTo({ top: 0, behavior: "instant" });
  return true;
}

/** Preview what was chosen for the selected cards. */
function preview() {
  const button = form()?.querySelector("[name=scope][value=ticked]");
  if (button instanceof HTMLElement) form()?.requestSubmit(button);
}

/** Preview rejecting the selected cards for the reason of this key. @param {string} key */
function rejectFor(key) {
  const list = field("reason");
  const option = list?.querySelector(`option[data-key="${key}"]`);
  if (!list || !(option instanceof HTMLOptionElement)) return false;
  choose("reject");
  option.selected = true;
  preview();
  return true;
}

/** @type {Record<string, (key: string) => void>} */
const MEANS_ALL = {
  approve: () => {
    choose("approve");
    preview();
  },
  reject: () => openBulk(true),
  ban_reject: () => openBulk(true, true),
  choice: rejectFor,
};
const ONLY_SHOWS = ["lift", "precedents"]; // more of the card, on the card

/**
 * Apply a key of cards to all that are selected, if it decides and there are any: no card is decided alone while others
 * are selected with it, and the selection is not left for one of them.
 * @param {string} name
 * @param {string} key
 */
export function onSelected(name, key) {
  if (name === "tick" || ONLY_SHOWS.includes(name) || !form() || !many()) return false;
  if (document.activeElement?.closest(".card details[open] .picker, #drawer, .reply-form")) return false;
  if (MEANS_ALL[name]) MEANS_ALL[name](key);
  else {
    selected = opensNothing(say("js.only_one", { count: many() }));
    hint(selected);
  }
  return true;
}

const KEPT = "commentsvc.ticked";

/** Remember what is selected while one looks at the preview. */
function keepTicks() {
  const ids = cards.all().flatMap((card) => (box(card)?.checked ? [card.dataset.id] : []));
  store(KEPT, { at: location.pathname + location.search, ids });
}

/** Select again what was selected before the preview, which was left without deciding. */
export function tickAgain() {
  const { at, ids } = stored(KEPT, { at: "", ids: /** @type {(string | undefined)[]} */ ([]) });
  const { pathname } = new URL(document.referrer || "about:blank");
  if (at !== location.pathname + location.search) return;
  store(KEPT, null);
  if (arrival() !== "back_forward" && !pathname.includes("/bulk/")) return;
  for (const card of cards.all()) {
    const own = box(card);
    if (own && ids.includes(card.dataset.id)) own.checked = true;
  }
  countTicks();
}

/** It was decided: nothing of it is selected any more. */
export const forgetTicks = () => store(KEPT, null);

/** The buttons of the bar at the bottom. @type {Record<string, () => void>} */
const BAR = {
  "selected-approve": () => MEANS_ALL.approve(""),
  "selected-reject": () => openBulk(true),
  "selected-bulk": () => openBulk(),
  "selected-none": unselect,
};

/** Count what the browser has kept selected, and listen to the bar and to the keys of reasons. */
export function watchTicks() {
  if (!form()) return;
  countTicks();
  window.addEventListener("pageshow", () => countTicks());
  form()?.addEventListener("submit", keepTicks);
  const bar = /** @type {HTMLElement} */ (document.getElementById("selected"));
  const under = () => document.body.style.setProperty("--under", `${bar.offsetHeight}px`);
  new ResizeObserver(under).observe(bar, { box: "border-box" });
  bar.addEventListener("click", (event) => {
    const button = /** @type {Element} */ (event.target).closest("[data-action]");
    if (button instanceof HTMLElement) BAR[button.dataset.action ?? ""]?.();
  });
  field("reason")?.addEventListener("keydown", (event) => {
    const key = choiceOf(event);
    if (!key || isComposing(event) || event.ctrlKey || event.metaKey || event.altKey || !keysOn()) return;
    if (rejectFor(key)) event.preventDefault();
  });
}
