// @ts-check
// One card at a time: the card, its context, and the position in the queue.

import * as cards from "./cards.js";
import { showContext } from "./context.js";
import { all, COUNTED, decided } from "./live.js";
import { announce, number, say } from "./lib/page.js";
import { standsFor } from "./waves.js";
import { arrival, store, stored } from "./lib/tab.js";

const KEY = "commentsvc.single";

/** Remember whether one card is shown at a time, for when this page is loaded again. @param {boolean} on */
const keep = (on) => store(KEY, on ? location.pathname : null);

/**
 * Show one card at a time again after the page was loaded again, or come back to. Its first, unless one is current.
 * @param {boolean} isBack whether the person comes back to its place
 */
export function staySingle(isBack) {
  if (stored(KEY, "") !== location.pathname || !document.querySelector("#cards > li")) return;
  if (isBack || ["back_forward", "reload"].includes(arrival())) toggleSingle();
  else keep(false);
}

/** @type {HTMLElement | undefined} the card that was current in view of the others */
let from;
let stood = NaN; // where it stood

/** Switch between one card at a time and all of them. */
export function toggleSingle() {
  const card = cards.current() ?? cards.all()[0];
  if (!cards.isSingle()) [from, stood] = card && cards.isInView(card) ? [card, cards.stands()] : [undefined, NaN];
  const on = document.body.toggleAttribute("data-single");
  keep(on);
  for (const each of document.querySelectorAll("[data-action=single]")) each.setAttribute("aria-pressed", String(on));
  if (card) showContext(card);
  if (on || !card) cards.focus(card);
  else if (card === from) cards.comeDown(card, stood);
  else cards.standAt(card, stood);
  sayPosition();
  announce(say(on ? "js.single_on" : "js.single_off", { count: number(cards.all().length) }));
}

/** @param {HTMLElement[]} some */
const comments = (some) => some.reduce((sum, each) => sum + standsFor(each), 0);

/** Show "3 of 118": cards decided here count as passed, and a wave's card as all of its comments. */
export function sayPosition() {
  const place = document.getElementById("position");
  const card = cards.current();
  if (!place || !cards.isSingle()) return;
  if (!card) {
    place.textContent = ""; // the last one was decided
    return;
  }
  const here = cards.all();
  const at = decided() + comments(here.slice(0, here.indexOf(card))) + 1;
  const whole = document.getElementById("more") ? "" : number(decided() + comments(here));
  const total = all() || whole;
  place.textContent = total ? say("js.position", { at, all: total }) : number(at);
}

// What is undone, and what others do, changes how many there are.
document.addEventListener(COUNTED, sayPosition);
