// @ts-check
// One card at a time: the card, what stands around it, and how far along one is.

import * as cards from "./cards.js";
import { showContext } from "./context.js";
import { all, decided } from "./live.js";
import { announce, number, say } from "./lib/page.js";

/** One card at a time, or all of them. */
export function toggleSingle() {
  const on = document.body.toggleAttribute("data-single");
  for (const each of document.querySelectorAll("[data-action=single]")) each.setAttribute("aria-pressed", String(on));
  const card = cards.current() ?? cards.all()[0];
  if (card) showContext(card);
  cards.focus(card);
  sayPosition();
  announce(say(on ? "js.single_on" : "js.single_off", { count: number(cards.all().length) }));
}

/** "3 of 118": what was decided here counts as passed. */
export function sayPosition() {
  const place = document.getElementById("position");
  const card = cards.current();
  if (!place || !card || !cards.isSingle()) return;
  const at = decided() + cards.all().indexOf(card) + 1;
  place.textContent = all() ? say("js.position", { at, all: all() }) : number(at);
}
