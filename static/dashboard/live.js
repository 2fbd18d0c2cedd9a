// @ts-check
// Live updates: counts, alarms, cards that somebody else has decided. Only while the page is visible.

import * as cards from "./cards.js";
import { say as sayWho, take } from "./pill.js";
import { leave, revive, settleHere } from "./elsewhere.js";
import { get } from "./lib/http.js";
import { announce, data, number, say } from "./lib/page.js";
import { tell } from "./lib/toast.js";

const EVERY = 8000;
const SOON = 1500;
const AT_ONCE = 250; // after a decision, unless another follows: fetch what it changed elsewhere
const SLOWEST = 120000;

/** @type {Record<string, number>} */
const counts = { ...data.counts };
let pause = EVERY;
let timer = 0;
let gone = 0; // cards that were decided on this page, and not undone
let own = 0; // decisions on this page so far: a response requested before the latest one is stale
let moved = false; // whether there was a decision or a further page since the matches of filters were counted
/** @type {Set<string>} authors whose records have changed since their cards were loaded */
const touched = new Set();
const MOST_AUTHORS = 20; // asked for at once

/**
 * Change one count at once, before the server is polled again (by 0: the server has confirmed the change).
 * @param {string} queue
 * @param {number} by
 * @returns {number | null} the new count
 */
export function count(queue, by) {
  own += 1;
  gone -= by;
  moved = true;
  if (data.live) later(AT_ONCE);
  if (!(queue in counts)) return null;
  counts[queue] = Math.max(0, counts[queue] + by);
  write();
  return counts[queue];
}

let known = true; // whether the counts before differ from the next ones by other people's acts only

/** Comments have come back by an act of this person: that there are more of them is no news. */
export function restored() {
  known = false;
}

/** Count the filter's matches again: another page of them is shown. */
export function countMatches() {
  if (!data.filtered || !data.live) return;
  moved = true;
  later(AT_ONCE);
}

/** These cards were decided, or it was undone: other cards of their authors show an old record. @param {HTMLElement[]} gone */
export function touch(gone) {
  for (const { dataset } of gone) if (dataset.author) touched.add(dataset.author);
}

/** How many cards were decided on this page. */
export const decided = () => gone;

/** How many cards there were when the page was loaded, as text; "" if they are not counted. */
export function all() {
  const here = counts[data.queue];
  return here === undefined || data.filtered ? "" : soMany(here + gone);
}

export const COUNTED = "commentsvc:counted"; // an event of the document: the server has said how many there are

function write() {
  for (const each of document.querySelectorAll("[data-count]")) {
    const value = counts[each.getAttribute("data-count") ?? ""];
    if (value !== undefined) each.textContent = soMany(value);
  }
  const here = counts[data.queue];
  if (here !== undefined) document.title = document.title.replace(/\([^()]*\p{Nd}[^()]*\)/u, `(${soMany(here)})`);
}

/** @param {number} value */
const soMany = (value) => number(value) + (value >= data.most ? "+" : "");

/** @param {number} pause in milliseconds */
function later(pause) {
  window.clearTimeout(timer);
  timer = window.setTimeout(ask, pause);
}

/** Start polling. */
export function watch() {
  if (!data.live) return;
  document.addEventListener("visibilitychange", () => {
    window.clearTimeout(timer);
    if (document.visibilityState === "visible") ask();
  });
  window.addEventListener("pageshow", (event) => event.persisted && ask()); // restored by Back, with old data
  later(EVERY);
}

async function ask() {
  window.clearTimeout(timer);
  if (document.visibilityState !== "visible") return;
  const address = new URL(data.live, location.href);
  const open = current();
  if (open) address.searchParams.set("at", open.dataset.id ?? "");
  const shown = [...cards.all(), ...alone()].filter((each) => each.ariaBusy !== "true");
  const seen = shown.slice(0, 100).map((each) => `${each.dataset.id}:${each.dataset.version}`);
  address.searchParams.set("shown", seen.join(","));
  if (moved) address.searchParams.set("matches", String(cards.all().length));
  if (touched.size) address.searchParams.set("authors", [...touched].slice(0, MOST_AUTHORS).join(","));
  if (document.body.dataset.person) address.searchParams.set("person", document.body.dataset.person);
  const [asked, busy] = [own, deciding()];
  const answer = await get(address.href);
  if (answer.status === 401) return; // the page says so
  if (answer.status === 403) return end(answer.body.detail);
  pause = answer.ok ? EVERY : Math.min(SLOWEST, pause * 2);
  if (answer.ok && own === asked && !busy && !deciding()) follow(answer.body);
  else if (answer.ok) pause = SOON;
  later(pause);
}

/** Stop polling: the person lost the role. @param {string} detail */
function end(detail) {
  window.clearTimeout(timer);
  alarms([{ kind: "bad", text: detail, href: location.href }]);
  tell(detail);
}

/** The card of a comment's own page. @returns {HTMLElement[]} */
const alone = () => [...document.querySelectorAll(/** @type {"article"} */ ("main > .card"))];

const current = () => cards.current() ?? alone()[0];

/**
 * Mark the cards that somebody else is looking at, or that are claimed.
 * @param {Record<string, string>} others
 * @param {Record<string, boolean>} taken id -> whether this person has taken it
 * @param {string[]} claimed those that were not taken by a filter
 */
function mark(others, taken, claimed) {
  for (const card of [...cards.all(), ...alone()]) {
    const id = card.dataset.id ?? "";
    const words = others[id] ?? "";
    if (sayWho(card, words, taken[id] === true) && card === current() && !taken[id]) announce(words);
    take(card, taken[id], claimed.includes(id));
  }
}

/** Whether a decision on this page is being sent. */
const deciding = () => cards.away.size > 0;

/** @param {any} body */
function follow(body) {
  mark(body.looking ?? {}, body.taken ?? {}, body.claimed ?? []);
  const settled = settleHere(body.settled ?? {}) + leave(body.own ?? []) - revive(body.anew ?? {});
  const before = counts[data.queue] ?? 0;
  const more = (body.counts?.[data.queue] ?? 0) - before;
  Object.assign(counts, body.counts);
  write();
  waiting(body.waiting ?? {});
  matches(body.matches);
  savedFilters(body.saved);
  records(body.records ?? {});
  figures(body.figures ?? {});
  if (more || settled) moved = true;
  if (known && more + settled > 0) offerFresh();
  document.dispatchEvent(new Event(COUNTED));
  known = true;
  alarms(body.alarms ?? []);
}

/** Show in the bar how much is waiting on other pages. @param {Record<string, number>} many */
function waiting(many) {
  for (const [name, value] of Object.entries(many)) {
    const link = document.querySelector(`[data-waiting="${name}"]`);
    link?.querySelector(".pill")?.remove();
    if (!link || !value) continue;
    const pill = document.createElement("span");
    pill.className = "pill accent";
    pill.textContent = number(value);
    link.append(" ", pill);
  }
}

/** @param {string | null | undefined} words how many match the filter; nothing if not requested */
function matches(words) {
  const place = document.getElementById("matches");
  if (place && words) place.textContent = words;
}

/** @param {Record<string, string> | null | undefined} many how many match each saved filter; nothing if not requested */
function savedFilters(many) {
  if (!many) return;
  moved = false;
  for (const [id, words] of Object.entries(many)) {
    const place = document.querySelector(`[data-saved="${CSS.escape(id)}"]`);
    if (place) place.textContent = words;
  }
}

/**
 * Show the records of authors on all of their cards.
 * @param {Record<string, {site: string, line: string, others: string}[]>} found by author
 */
function records(found) {
  for (const [author, lines] of Object.entries(found)) {
    touched.delete(author);
    for (const card of cards.all()) if (card.dataset.author === author) writeRecord(card, lines);
  }
}

/**
 * @param {HTMLElement} card
 * @param {{site: string, line: string, others: string}[]} lines
 */
function writeRecord(card, lines) {
  const here = lines.find(({ site }) => site === card.dataset.site);
  if (!here) return;
  const record = card.querySelector("[data-record]");
  if (record) record.textContent = here.line;
  const wave = card.querySelector("details.wave");
  for (const each of wave?.querySelectorAll("[data-by-author]") ?? []) {
    if (here.others) each.textContent = here.others;
    // in the list of what to decide on, its whole line; in the summary, only the words: not the card
    /** @type {HTMLElement} */ (each.closest(".beside > li") ?? each).hidden = !here.others;
  }
  // a card that has nothing else beside it: there is nothing to decide together
  if (wave instanceof HTMLElement && !wave.querySelector("summary [data-beside]:not([data-by-author])"))
    wave.hidden = !here.others;
}

/** Update the counts above the comments on a person's page. @param {Record<string, number>} many */
function figures(many) {
  for (const [name, value] of Object.entries(many)) {
    const place = document.querySelector(`[data-figure="${name}"]`);
    if (place && place.textContent !== number(value)) place.textContent = number(value);
  }
}

function offerFresh() {
  const bar = document.getElementById("fresh");
  const button = bar?.querySelector("button");
  if (!bar || !button) return;
  button.textContent = say("js.fresh");
  if (bar.hidden) announce(say("js.fresh"));
  cards.steady(() => (bar.hidden = false)); // it has a line of its own above the cards
}

/** @typedef {{kind: string, text: string, href: string | null, known?: number | null}} Alarm */

const SHIFT = 8 * 3600; // seconds for which a dismissed alarm stays away, unless there is more of it

/** @param {Alarm} alarm */
function noticeOf({ kind, text, href, known }) {
  const box = document.createElement("div");
  box.className = `notice ${kind}`;
  box.setAttribute("role", "status");
  const words = document.createElement("p");
  const link = document.createElement("a");
  if (href) link.href = href;
  link.textContent = text;
  words.append(href ? link : text);
  box.append(words);
  if (known) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "plain small";
    button.dataset.known = String(known);
    button.textContent = say("act.close");
    box.append(button);
  }
  return box;
}

document.addEventListener("click", ({ target }) => {
  const button = /** @type {Element} */ (target).closest("[data-known]");
  if (!(button instanceof HTMLElement)) return;
  const { pathname } = new URL(data.live, location.href);
  const path = pathname.slice(0, pathname.lastIndexOf("/") + 1);
  document.cookie = `commentsvc_heated=${button.dataset.known}; path=${path}; max-age=${SHIFT}; samesite=lax`;
  cards.steady(() => button.closest(".notice")?.remove());
  (cards.current() ?? document.getElementById("main"))?.focus({ preventScroll: true });
});

/** @param {Element[]} boxes */
const wordsOf = (boxes) => boxes.map((each) => each.textContent?.replace(/\s+/g, " ").trim()).join("");

/** @param {Alarm[]} given */
function alarms(given) {
  const place = document.getElementById("health");
  if (!place) return;
  // what may be dismissed matters only beside the queue
  const boxes = given.filter(({ known }) => !known || place.hasAttribute("data-desk")).map(noticeOf);
  if (wordsOf([...place.querySelectorAll("p")]) === wordsOf(boxes.map((each) => /** @type {any} */ (each.firstChild))))
    return;
  cards.steady(() => place.replaceChildren(...boxes));
}
