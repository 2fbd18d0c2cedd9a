// @ts-check
// The requests of a page: send a form, fetch JSON. A failure is returned as an answer, too.

import { data, say } from "./page.js";

/**
 * @typedef {{ok: boolean, status: number, body: any}} Answer
 */

/**
 * Send a form without leaving the page. The server responds with JSON, as we request.
 * @param {string} address
 * @param {FormData | URLSearchParams} fields
 * @param {RequestInit} [options]
 * @returns {Promise<Answer>}
 */
export async function post(address, fields, options = {}) {
  const holdsFile = [...fields.values()].some((each) => each instanceof File);
  return call(address, {
    ...options,
    method: "POST",
    body: holdsFile ? fields : new URLSearchParams(/** @type {any} */ (fields)),
  });
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
export const api = (method, path, body) =>
  call(`/api/v1${path}`, { method, keepalive: true, body: body && JSON.stringify(body) }, API);

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
    const body = await response.json().catch(() => ({}));
    return { ok: response.ok, status: response.status, body };
  } catch {
    return { ok: false, status: 0, body: { detail: say("js.offline") } };
  }
}
