// @ts-check
// The requests of a page: send a form, fetch JSON. A failure is returned as an answer, too.

import { sent } from "./drafts.js";
import { data, ours, say } from "./page.js";
import { reached } from "./reach.js";
import { isLost, missed, words } from "./session.js";

/**
 * @typedef {{ok: boolean, status: number, body: any}} Answer
 */

/**
 * Send a form without leaving the page. The server responds with JSON, as we request.
 * @param {string} address
 * @param {FormData | URLSearchParams} fields
 * @param {RequestInit} [options]
 * @param {string} [form] the form's own address, if it is sent to another one
 * @returns {Promise<Answer>} if accepted, with the texts that are typed again if it is undone
 */
export async function post(address, fields, options = {}, form = address) {
  const holdsFile = [...fields.values()].some((each) => each instanceof File);
  const answer = await call(address, {
    ...options,
    method: "POST",
    body: holdsFile ? fields : new URLSearchParams(/** @type {any} */ (fields)),
  });
  if (answer.ok) answer.body.draft = sent(form);
  return answer;
}

/**
 * @param {string} address
 * @returns {Promise<Answer>}
 */
export const get = (address) => call(address, {});

/**
 * Call the API as the person who is signed in.
 * @param {"POST" | "PATCH" | "DELETE"} method
 * @param {string} path
 * @param {Record<string, unknown>} [body]
 */
export async function api(method, path, body) {
  const answer = await call(
    ours(`/api/v1${path}`),
    { method, keepalive: true, body: body && JSON.stringify(body) },
    API,
  );
  if (answer.ok && body?.parent_id) answer.body.draft = sent(`reply ${body.parent_id}`);
  return answer;
}

const API = { "Content-Type": "application/json", "X-CSRF-Token": data.csrf?.value };

/**
 * @param {string} address
 * @param {RequestInit} options
 * @param {Record<string, string>} [headers]
 * @returns {Promise<Answer>}
 */
async function call(address, options, headers = {}) {
  try {
    const response = await fetch(address, {
      ...options,
      // errors come in the page's language, which the person may have chosen
      headers: { Accept: "application/json", "Accept-Language": document.documentElement.lang, ...headers },
      credentials: "same-origin",
      redirect: "error",
    });
    const body = await response.json().catch(() => null);
    // what stands in front of the service answers for it while it is away
    reached(body !== null || ![502, 503, 504].includes(response.status));
    if (!response.ok && (await isLost(response.status, body?.code)))
      return { ok: false, status: 401, body: { detail: words() } };
    return { ok: response.ok, status: response.status, body: body ?? {} };
  } catch {
    reached(false);
    return { ok: false, status: 0, body: { detail: say("js.offline") } };
  }
}

const LONGEST = 30_000; // milliseconds: a page that does not come holds no keys up

/**
 * Fetch a page or a part of one; null on failure.
 * @param {string} address
 * @returns {Promise<Document | null>}
 */
export async function fetchPage(address) {
  try {
    const signal = AbortSignal.timeout(LONGEST);
    const response = await fetch(address, { credentials: "same-origin", redirect: "error", signal });
    reached(true);
    if (response.ok) return new DOMParser().parseFromString(await response.text(), "text/html");
  } catch (error) {
    if (error instanceof TypeError) reached(false);
  }
  void missed();
  return null;
}
