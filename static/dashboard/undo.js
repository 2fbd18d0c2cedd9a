// @ts-check
// Undoing what was done: on the page where it was done, and on every other one until its time is over.

import * as cards from "./cards.js";
import { byAuthors, showAlone, showAnew } from "./anew.js";
import { count, restored as cameBack, touch } from "./live.js";
import { passed, unsent } from "./lib/drafts.js";
import { beforeLeaving } from "./lib/leaving.js";
import { announce, data, say } from "./lib/page.js";
import { isAway, REACHED } from "./lib/reach.js";
import { finished, forget, isSame, keep as keepStored, kept, mayWorkLater, take } from "./lib/steps.js";
import { clear, fail, pending, shows, tell, toast } from "./lib/toast.js";
import { bring } from "./pages.js";
import { sayPosition } from "./single.js";
import { renew, unsettle } from "./settled.js";
import { strike } from "./struck.js";
import { foldAgain, recountWaves } from "./waves.js";

/**
 * @typedef {import("./lib/http.js").Answer} Answer
 * @typedef {import("./lib/steps.js").Step} Step
 * An action: the cards that it removed, how to put them back, the steps that undo it, and the message about it. `form`
 * is the page's own form that undoes it.
 * @typedef {{gone: HTMLElement[], ids: string[], back: (answer: Answer) => unknown, steps: Step[], until: number,
 *   sentence: string, sent: Promise<boolean>, form?: HTMLFormElement}} Done
 * @type {Done[]}
 */
const done = [];

/** @type {WeakMap<Done, number>} which act it was */
const turns = new WeakMap();
let turn = 0;

/** Add an act, in its turn: one that could not be undone now goes back to where it was. @param {Done} each */
function add(each) {
  const own = turns.get(each) ?? ++turn;
  turns.set(each, own);
  const at = done.findIndex((other) => (turns.get(other) ?? 0) > own);
  done.splice(at < 0 ? done.length : at, 0, each);
}

/** Change the number of waiting comments. @param {number} by */
export function recount(by) {
  const left = count(data.queue, by);
  sayPosition();
  return left;
}

/** @param {Done} each */
export function keep(each) {
  while (done.length && done[0].until <= Date.now()) done.shift(); // otherwise all cards of a day would be kept
  add(each);
}

/** It is undone by another button. @param {string} address of the form that undoes it */
export function forgetStep(address) {
  const steps = [{ post: address }];
  for (const each of done.filter((one) => isSame(one.steps, steps))) drop(each);
  forget(steps);
}

/** It was refused. @param {Done} each */
export function drop(each) {
  if (done.includes(each)) done.splice(done.indexOf(each), 1);
}

/** The action can be undone from now on: here and on other pages. @param {Done} each */
export function canUndo(each) {
  const { ids, steps, until, sentence } = each;
  if (done.includes(each)) keepStored({ me: data.me, ids, steps, until, sentence });
  if (done.at(-1) === each) offerNext();
}

/** Offer to undo the latest act, but let an error be read before that. */
function offerNext() {
  const error = document.querySelector("#toasts > [data-failed]");
  if (!error) return offer();
  setTimeout(() => error.isConnected && offer(), READ);
}

/** Until all that is on its way is answered. */
export const allSent = () => Promise.all(done.map((each) => each.sent));

/** Show the latest action, with the seconds left to undo it once it is answered. */
export function offer() {
  const newest = done.at(-1);
  if (!newest?.sentence) return;
  if (newest.until > Date.now()) toast(newest.sentence, { until: newest.until, undo });
  else toast(newest.sentence);
}

const READ = 4000; // milliseconds that a hint is shown before the message with Undo comes back

/** Say something in passing: what can be undone is offered again after it. @param {string} words */
export function hint(words) {
  tell(words);
  const isOpen = () => (done.at(-1)?.until ?? 0) > Date.now();
  const box = document.getElementById("toasts")?.firstElementChild;
  if (isOpen()) setTimeout(() => box?.isConnected && isOpen() && offer(), READ);
}

/**
 * Ask for something that changes where these comments are: until it is answered, no poll's counts are right.
 * @template {Answer} T
 * @param {string[]} ids
 * @param {() => Promise<T>} ask
 */
export async function onTheWay(ids, ask) {
  for (const id of ids) cards.away.add(id);
  const answer = await ask();
  for (const id of ids) cards.away.delete(id);
  return answer;
}

/** @param {HTMLElement[]} some */
export const idsOf = (some) => some.map(({ dataset }) => dataset.id ?? "");

/** What keys act on: a form in the drawer, an open list of a card, or the cards themselves. */
export const place = () => {
  const form = document.activeElement?.closest("#drawer, details[open] .picker, .reply-form");
  return form ?? (document.body.hasAttribute("data-drawer") ? "drawer" : "cards");
};

/** @type {Promise<void>} */
let undoing = Promise.resolve();

/** Until what was to be undone is. */
export const undone = () => undoing;

/** Undo the latest action that can still be undone; if there was none, what a form did. */
export function undo() {
  undoing = undoNewest();
  return undoing;
}

async function undoNewest() {
  const decided = done.some((each) => !each.form);
  while (done.length && /** @type {Done} */ (done.at(-1)).until <= Date.now()) done.pop();
  const newest = done.pop();
  if (!newest) {
    if (!decided && press(document.querySelector(".undo-form"))) return;
    tell(say("js.nothing_to_undo"));
    return;
  }
  if (newest.form && isAway()) {
    add(newest);
    return hint(say("js.offline"));
  }
  pending();
  if (newest.form) {
    forget(newest.steps);
    press(newest.form);
    return;
  }
  await beforeLeaving(() => takeBack(newest));
}

/** @param {Done} newest */
async function takeBack(newest) {
  const before = place();
  if (!(await newest.sent)) return; // it was refused, and is back already
  const answer = await onTheWay(newest.ids, () => take(newest.steps));
  if (!answer.ok) return refused(newest, answer.left, answer);
  forget(newest.steps);
  // the drawer or a list was opened meanwhile: the focus stays there
  const over = await finished(answer, tell);
  if (!over.ok) return fail(problem(over));
  await putBack(newest, over, place() !== before);
}

/**
 * It was not undone: say why, and keep what is left of it if that may work later.
 * @param {Done} one
 * @param {Step[]} left
 * @param {Answer} answer
 */
function refused(one, left, answer) {
  const later = mayWorkLater(answer.status);
  const { ids, steps, until, sentence } = one;
  if (!later || left.length < steps.length) forget(steps);
  if (!later) return fail(problem(answer));
  if (left.length < steps.length) keepStored({ me: data.me, ids, steps: left, until, sentence });
  one.steps = left;
  add(one);
  hint(problem(answer));
}

/** A hint is no news any more. @param {string} words */
export function unhint(words) {
  if (!shows(words)) return;
  clear();
  offer();
}

document.addEventListener(REACHED, () => unhint(say("js.offline")));

/**
 * @param {Done} one that is undone
 * @param {Answer} answer
 * @param {boolean} moved whether the person has begun something else
 */
async function putBack(one, answer, moved) {
  clear();
  for (const card of one.gone) {
    unsettle(card);
    renew(card, answer.body.versions?.[card.dataset.id ?? ""] ?? answer.body.version);
  }
  const stood = cards.stands();
  const back = await one.back(answer);
  const [card] = back instanceof HTMLElement ? [back] : one.gone;
  foldAgain(one.gone.length || !card ? one.gone : [card]);
  recountWaves(one.gone);
  if (card && !moved) cards.focus(card, stood);
  touch(one.gone);
  if (!one.gone.length && card) void showAnew(byAuthors([card])); // what they say was counted without it
  const alone = cards.alone();
  void (alone ? showAlone(alone) : strike());
  const { versions } = answer.body;
  if (versions || !one.gone.length) cameBack(); // there may be cards that this page has not counted as gone
  if (versions) {
    void showAnew([...new Set([...Object.keys(versions), ...byAuthors(one.gone)])]);
  }
  const left = recount(one.gone.length);
  const rest = left === null || !one.gone.length ? "" : say("js.left", { count: left });
  const sentence = answer.body.sentence ?? "";
  if (!card && sentence) toast(sentence); // nothing on this page shows it
  announce(`${sentence} ${rest}`);
}

/** @param {Answer} answer */
export const problem = (answer) => answer.body.errors?.[0]?.detail ?? answer.body.detail ?? say("js.failed");

/** Press the page's own Undo button, once. Returns whether there is one. @param {Element | null} form */
function press(form) {
  if (!(form instanceof HTMLFormElement) || !form.isConnected) return false;
  if (form.ariaBusy !== "true") form.requestSubmit();
  form.ariaBusy = "true";
  return true;
}

/** Offer what was done on the pages before this one, and what this page's own button undoes. */
export function recall() {
  for (const { ids, steps, until, sentence } of kept()) {
    const back = (/** @type {Answer} */ { body }) => {
      const own = ids.filter((each) => body.ids?.includes(each) ?? true); // not a card that was only current
      return restored([...new Set([...own, ...(body.ids ?? Object.keys(body.versions ?? {}))])], body);
    };
    add({ gone: [], ids, back, steps, until, sentence, sent: Promise.resolve(true) });
  }
  const form = document.querySelector(".undo-form");
  if (!(form instanceof HTMLFormElement)) return offer();
  const told = /** @type {HTMLElement | null} */ (form.closest("[data-seconds]")); // a message, or the form of a bulk
  const steps = told ? [{ post: form.getAttribute("action") ?? "", draft: passed }] : [];
  const until = told ? Date.now() + Number(told.dataset.seconds) * 1000 : Infinity;
  const sentence = form.dataset.sentence ?? told?.querySelector("p")?.textContent ?? "";
  const inPlace = told && cards.alone(); // it shows what is undone without being loaded again
  const pressed = inPlace ? undefined : form;
  add({ gone: [], ids: [], back: () => {}, steps, until, sentence, sent: Promise.resolve(true), form: pressed });
  if (!told) return;
  forget(steps); // from before the page was loaded again
  keepStored({ me: data.me, ids: [], steps, until, sentence });
  form.addEventListener("submit", () => {
    forget(steps);
    unsent(passed);
  });
}

/**
 * Comments whose decision is undone come back to the page that shows them.
 * @param {string[]} ids
 * @param {{version?: number, versions?: Record<string, number>}} now their versions
 * @returns {Promise<HTMLElement | null>} the first one's card
 */
async function restored(ids, { version, versions = {} }) {
  if (!document.getElementById("cards") || !ids.length) return null;
  const first = await bring(ids);
  for (const id of ids) {
    const card = document.getElementById(`c-${id}`); // it may have been here all the time
    const is = versions[id] ?? (ids.length === 1 ? version : undefined);
    if (card && is) renew(card, is);
  }
  return first;
}

// A page that Back restores shows what it showed: what was undone elsewhere since is missing on it.
window.addEventListener("pageshow", ({ persisted }) => {
  if (!persisted) return;
  const still = kept();
  const isUndone = (/** @type {Done} */ { steps, until }) =>
    until > Date.now() && steps.length && !still.some((each) => isSame(each.steps, steps));
  const isNew = (/** @type {import("./lib/steps.js").Kept} */ { steps }) =>
    !done.some((each) => isSame(each.steps, steps));
  if (done.some(isUndone) || still.some(isNew)) location.reload();
});
