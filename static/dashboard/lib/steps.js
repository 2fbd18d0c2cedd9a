// @ts-check
// What undoes an act, as data: it outlives the page on which the act was done.

import { unsent } from "./drafts.js";
import { api, get, post } from "./http.js";
import { data, say } from "./page.js";
import { store, stored } from "./tab.js";

/**
 * A request that undoes a part of an act: a form's address and fields, or a call of the API. `say` is the phrase for its
 * success, or the words, `draft` what was typed for the act.
 * @typedef {{post?: string, fields?: Record<string, string>, api?: ["POST" | "PATCH" | "DELETE", string, Record<string, unknown>?], say?: string,
 *   draft?: Record<string, string>}} Step
 * An act that can still be undone until `until` (milliseconds): by whom, the comments that it removed from the queue,
 * and the message about it.
 * @typedef {{me: string, ids: string[], steps: Step[], until: number, sentence: string}} Kept
 */

const KEY = "commentsvc.undo";

/** The steps that undo a decision on the server.
 * @param {{id: string, undo?: string, steps?: Step[], draft?: Record<string, string>}} decided @returns {Step[]} */
export const stepsOf = ({ id, undo, steps, draft }) =>
  steps ?? [{ post: undo ?? data.undo.replace("_ID_", id), draft }];

/**
 * Take these steps, one after the other, up to the first that is refused.
 * @param {Step[]} steps
 * @returns {Promise<import("./http.js").Answer & {left: Step[]}>} the last answer, and the steps that were not taken
 */
export async function take(steps) {
  let answer = { ok: true, status: 200, body: /** @type {any} */ ({}) };
  for (const [at, { post: address, fields, api: call, say: words, draft }] of steps.entries()) {
    answer = call ? await api(...call) : await post(address ?? "", csrf(fields), { keepalive: true });
    if (!answer.ok) return { ...answer, left: steps.slice(at) };
    unsent(draft);
    if (words) answer.body = { ...answer.body, sentence: say(words) };
  }
  return { ...answer, left: [] };
}

const AGAIN = 2000; // milliseconds, as the page that shows the progress

/**
 * What many are undone by goes on after its answer: wait for the end, saying meanwhile that it is on its way.
 * @param {import("./http.js").Answer} answer
 * @param {(words: string) => void} say
 */
export async function finished(answer, say) {
  let now = answer;
  for (let wait = answer.body.wait; wait; wait = now.body.wait ?? (now.ok || !mayWorkLater(now.status) ? "" : wait)) {
    if (now.body.wait) say(now.body.sentence);
    await new Promise((over) => setTimeout(over, AGAIN));
    now = await get(new URL(wait, location.href).href);
  }
  return now;
}

const LATER = [401, 408, 425, 429];

/** Whether a refused request may succeed later: the server was not reached, or had no time. @param {number} status */
export const mayWorkLater = (status) => status === 0 || status >= 500 || LATER.includes(status);

/** @param {Record<string, string>} [fields] */
const csrf = (fields) => new URLSearchParams({ ...fields, [data.csrf.name]: data.csrf.value });

/** What this person can still undo, the latest last. @returns {Kept[]} */
export const kept = () =>
  stored(KEY, /** @type {Kept[]} */ ([])).filter((each) => each.until > Date.now() && each.me === data.me);

/** @param {Kept} one */
export const keep = (one) => store(KEY, [...kept(), one]);

/** It is undone, or can no longer be. @param {Step[]} steps */
export const forget = (steps) =>
  store(
    KEY,
    kept().filter((each) => !isSame(each.steps, steps)),
  );

/** @param {Step[]} one @param {Step[]} other */
export const isSame = (one, other) => asked(one) === asked(other);

/** @param {Step[]} steps */
const asked = (steps) => JSON.stringify(steps.map(({ post, fields, api }) => [post, fields, api]));
