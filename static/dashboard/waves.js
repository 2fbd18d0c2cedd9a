// @ts-check
// Waves, waiting comments that are alike: the form that decides on all of them, and the wave's next card.

import * as cards from "./cards.js";
import { fetchPage } from "./lib/http.js";
import { data, say } from "./lib/page.js";
import { tell } from "./lib/toast.js";
import { opensNothing } from "./pairs.js";
import { closeOthers, layPicker } from "./picker.js";

/** @param {HTMLElement} card */
export const waveOf = (card) => /** @type {HTMLDetailsElement | null} */ (card.querySelector("details.wave"));

/** Open the form; its numbers can be pressed at once. @param {HTMLElement} card */
export function openWave(card) {
  const wave = waveOf(card);
  if (!wave) {
    tell(opensNothing(say("js.no_wave")));
    return true;
  }
  wave.open = true;
  closeOthers(wave);
  layPicker(card);
  const reason = wave.querySelector("[name=reason]");
  if (reason instanceof HTMLElement) reason.focus({ preventScroll: true });
  return true;
}

/**
 * Preview rejecting all of them for the reason of this key, when the form is open.
 * @param {HTMLElement} card
 * @param {string} key
 */
export function pickWave(card, key) {
  const wave = waveOf(card);
  const choice = wave?.open ? wave.querySelector(`[data-key="${key}"]`) : null;
  const reject = wave?.querySelector("[name=action][value=reject]");
  if (!(choice instanceof HTMLInputElement) || !(reject instanceof HTMLButtonElement)) return false;
  choice.checked = true;
  choice.form?.requestSubmit(reject);
  return true;
}

/** When a wave's card is decided alone, insert the wave's next card after the current one. */
export function watchWaves() {
  const list = document.getElementById("cards");
  // waves are folded only in what is pending, and not in the list of one of them
  if (!list || data.queue !== "pending" || new URLSearchParams(location.search).has("like")) return;
  new MutationObserver((records) => {
    for (const each of records.flatMap((record) => [...record.removedNodes])) {
      const wave = each instanceof HTMLElement ? each.querySelector("details.wave[data-like]") : null;
      if (wave instanceof HTMLElement) bringNext(list, wave.dataset.like ?? "");
    }
  }).observe(list, { childList: true });
}

/**
 * @param {HTMLElement} list
 * @param {string} address of the page with the wave's waiting comments
 */
async function bringNext(list, address) {
  const page = await fetchPage(address);
  const known = new Set(cards.all().map((each) => each.dataset.id));
  // what has just been decided here may still be listed there: no card comes twice
  const isNew = (/** @type {string} */ id) => !cards.away.has(id) && !document.getElementById(`c-${id}`);
  const found = [...(page?.querySelectorAll("#cards > li") ?? [])];
  if (found.some((each) => known.has(cardOf(each)?.dataset.id))) return; // the decision was undone meanwhile
  const next = found.find((each) => isNew(cardOf(each)?.dataset.id ?? ""));
  if (!next) return;
  for (const link of next.querySelectorAll("a")) link.href = withoutWave(link.href);
  const current = cards.current();
  const isLast = !current && document.activeElement?.matches("body, #empty");
  list.insertBefore(
    document.adoptNode(next),
    current ? cards.item(current).nextElementSibling : list.firstElementChild,
  );
  if (isLast) cards.focus(cardOf(next));
  cards.refresh();
}

/** @param {Element} place */
const cardOf = (place) => /** @type {HTMLElement | null} */ (place.querySelector(".card"));

/** @param {string} address with the wave's filter, as all links on that page have */
function withoutWave(address) {
  const url = new URL(address);
  if (url.searchParams.has("author") || url.searchParams.has("thread")) url.searchParams.delete("like");
  return url.href;
}
