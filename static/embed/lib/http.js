// Requests to the API, by a member with a bearer token or a guest with an edit token.
// @ts-check
import { page } from "./dom.js";
import { keep, kept } from "./store.js";

/** Why a request failed; status 0: there was no response. */
export class Problem extends Error {
  /** @param {number} status @param {any} body */
  constructor(status, body) {
    super(body.detail || body.title || "");
    this.status = status;
    this.code = body.code;
    this.wait = +body.retry_after || 0;
    this.sanction = body.sanction;
    this.challenge = body.challenge;
    /** Whether a member sent it whose sign-in has ended. */
    this.over = false;
  }
}

let access = ""; // in memory only
/** Who sits here, as this page knows. */
let known = kept("refresh");
/** @type {Promise<boolean> | null} */
let renewing = null;
/** The problem that ended this member's sign-in, if it was a sanction. @type {any} */
let ended = null;
export const barred = () => ended?.sanction;

/** @param {any} tokens what the API returns; null signs out */
export function signedIn(tokens) {
  access = tokens?.access_token || "";
  ended = null;
  if (tokens && !tokens.refresh_token) return;
  known = tokens?.refresh_token || null;
  keep("refresh", known);
}

/** Whether another box or tab has signed in or out meanwhile, where somebody looks. */
export const hasMoved = () => !document.hidden && known !== kept("refresh");

/** How many changes the server has confirmed: a GET sent before the last one may return stale data. */
export const changes = { done: 0 };

export const isMember = () => !!(access || kept("refresh"));
export const isSomebody = () => isMember() || !!kept("guest");

/** Get a new access token for the refresh token; false if that fails. */
async function renew() {
  const refresh_token = kept("refresh");
  if (!refresh_token) return false;
  const sat = access;
  try {
    signedIn(await send("POST", "/sign-in/refresh", { refresh_token }, {}));
    return true;
  } catch (error) {
    const problem = /** @type {Problem} */ (error);
    if (problem.sanction) ended = problem;
    else if (problem.status === 401) {
      signedIn(null);
      // who sat here until now is still shown
      if (sat) known = sat;
      /** @type {any} */ (window).onstorage();
    }
    return false;
  }
}

/** @param {string} method @param {string} path @param {any} body @param {Record<string, string>} headers */
async function send(method, path, body, headers) {
  let answer;
  try {
    answer = await fetch(`../api/v1${path}`, {
      method,
      credentials: "omit",
      headers: { "Accept-Language": page.locale, ...headers, ...(body && { "Content-Type": "application/json" }) },
      body: body && JSON.stringify(body),
      signal: AbortSignal.timeout(20000),
    });
  } catch {
    throw new Problem(0, {});
  }
  const json = answer.status === 204 ? {} : await answer.json().catch(() => ({}));
  if (answer.ok) return json;
  json.retry_after ??= answer.headers.get("Retry-After");
  throw new Problem(answer.status, json);
}

/** One request as whoever the reader is. What the guest wrote before a member signed in (`data-unclaimed`, ids) is
 * still the guest's. Throws `Problem`.
 * @param {string} method @param {string} path @param {any} [body] @param {string} [key] idempotency key
 * @returns {Promise<any>} */
export async function call(method, path, body, key) {
  const again = async () => {
    const guest = kept("guest");
    /** @type {Record<string, string>} */
    const headers = {};
    if (access && !page.unclaimed?.includes(path.split(/[/?]/)[2])) headers.Authorization = `Bearer ${access}`;
    else if (guest) headers.Authorization = `Guest ${guest.token}`;
    if (key) headers["Idempotency-Key"] = key;
    return send(method, path, body, headers);
  };
  const fresh = () => (renewing ??= renew().finally(() => (renewing = null)));
  if (!access && kept("refresh")) await fresh();
  const before = access;
  try {
    const answer = await again();
    if (method !== "GET") changes.done++;
    return answer;
  } catch (error) {
    const expired = before && error instanceof Problem && error.status === 401;
    if (expired && (await fresh())) return again();
    if (expired) error.over = true;
    throw (expired && ended) || error;
  }
}

/** Fetch a page or a part of one, as markup. @param {string} address */
export async function fetchMarkup(address) {
  let answer;
  try {
    answer = await fetch(address, { credentials: "omit", signal: AbortSignal.timeout(20000) });
  } catch {
    throw new Problem(0, {});
  }
  if (!answer.ok) throw new Problem(answer.status, {});
  return answer.text();
}

/** A random key; `randomUUID` is missing on pages without TLS. */
export const newKey = () => hex(crypto.getRandomValues(new Uint8Array(16)));

/** @param {ArrayBuffer | Uint8Array} bytes */
export const hex = (bytes) => [...new Uint8Array(bytes)].map((each) => each.toString(16).padStart(2, "0")).join("");
