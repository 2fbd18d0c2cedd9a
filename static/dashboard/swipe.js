// @ts-check
// A finger on cards: swiping one to the right approves it, to the left opens the reasons, and a tap on a reason rejects.
// Vertical movement still scrolls.

import { backCloses } from "./back.js";
import * as cards from "./cards.js";
import { say } from "./lib/page.js";
import { isDone } from "./queue.js";

const FAR = 96; // pixels that trigger the action
const BEGINS = 12; // pixels: a shorter movement may be a scroll or a tap
const EDGE = 24; // pixels from the window's edge, where a swipe means Back

/** @type {{card: HTMLElement, x: number, y: number, id: number, by: number, moving: boolean} | null} */
let now = null;

/**
 * @param {(card: HTMLElement, form: HTMLFormElement, action: "approve" | "reject") => void} decide
 * @param {(card: HTMLElement) => void} reject
 * @param {() => unknown} back closes what lies over the page
 */
export function swipe(decide, reject, back) {
  backCloses(back);
  document.addEventListener("click", (event) => tapped(event, decide));
  const list = document.getElementById("cards");
  if (!list) return;
  list.addEventListener("pointerdown", begin);
  list.addEventListener("pointermove", (event) => now?.id === event.pointerId && follow(event));
  list.addEventListener("pointercancel", end);
  list.addEventListener("pointerup", (event) => {
    if (now?.id !== event.pointerId) return;
    const { card, by, moving } = now;
    end();
    if (!moving || Math.abs(by) < FAR) return;
    // the release at the end is not a click
    list.addEventListener("click", hush, { capture: true, once: true });
    setTimeout(() => list.removeEventListener("click", hush, { capture: true }), 0);
    cards.mean(card);
    const form = card.querySelector(".approve-form");
    if (by < 0) reject(card);
    else if (form instanceof HTMLFormElement) decide(card, form, "approve");
  });
}

const SET = "textarea, select, [name=ban]"; // what one may add to a rejection

/**
 * Reject for the reason that a finger taps, as its key does; if a message, a note or the ban is set, only choose it.
 * @param {Event} event
 * @param {(card: HTMLElement, form: HTMLFormElement, action: "reject") => void} decide
 */
function tapped(event, decide) {
  const { target, pointerType } = /** @type {PointerEvent & {target: Element}} */ (event);
  const label = target.closest(".reject-form .reasons label");
  const choice = label?.querySelector("input");
  const card = label?.closest(".card");
  if ((pointerType !== "touch" && pointerType !== "pen") || !choice?.form || !(card instanceof HTMLElement)) return;
  const isSet = (/** @type {any} */ each) => (each.type === "checkbox" ? each.checked : each.value.trim() !== "");
  if ([...choice.form.querySelectorAll(SET)].some(isSet)) return;
  choice.checked = true;
  if (target !== choice) event.preventDefault(); // not a second click, on a card that has gone
  decide(card, choice.form, "reject");
}

/** @param {Event} event */
function hush(event) {
  event.preventDefault();
  event.stopPropagation();
}

/** @param {PointerEvent} event */
function begin({ target, pointerType, isPrimary, clientX, clientY, pointerId }) {
  const card = /** @type {Element} */ (target).closest(".card");
  const held = /** @type {Element} */ (target).closest("input, textarea, select, .picker");
  const atEdge = clientX < EDGE || clientX > innerWidth - EDGE;
  if (pointerType !== "touch" || !isPrimary || held || atEdge || !(card instanceof HTMLElement) || isDone(card)) return;
  now = { card, x: clientX, y: clientY, id: pointerId, by: 0, moving: false };
}

/** @param {PointerEvent} event */
function follow({ clientX, clientY }) {
  if (!now) return;
  const [across, down] = [clientX - now.x, clientY - now.y];
  if (!now.moving && Math.abs(down) > BEGINS) return end();
  if (!now.moving && Math.abs(across) < BEGINS) return;
  if (!can(now.card, across)) return end();
  now.moving = true;
  now.by = across;
  const { card } = now;
  card.style.setProperty("--by", `${across}px`);
  cards.item(card).parentElement?.setAttribute("data-swiping", "");
  card.dataset.swipe = across > 0 ? "approve" : "reject";
  card.dataset.swipeWords = say(across > 0 ? "act.approve" : "act.reject");
  card.toggleAttribute("data-far", Math.abs(across) >= FAR);
}

/**
 * Whether this card can be approved (to the right) or rejected (to the left).
 * @param {HTMLElement} card
 * @param {number} across
 */
const can = (card, across) => card.querySelector(across > 0 ? ".approve-form" : "details.reject") !== null;

function end() {
  if (!now) return;
  const { card } = now;
  now = null;
  cards.item(card).parentElement?.removeAttribute("data-swiping");
  card.style.removeProperty("--by");
  for (const each of ["data-swipe", "data-swipe-words", "data-far"]) card.removeAttribute(each);
}
