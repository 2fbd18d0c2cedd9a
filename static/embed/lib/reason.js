// The sentence that says why a request failed.
// @ts-check
import { Problem } from "./http.js";
import { say } from "./words.js";

/** Why a request failed, as a sentence. @param {any} error @param {string} [failed] phrase if there was no response
 * @returns {string} */
export function reason(error, failed = "failed") {
  if (error instanceof Problem) return error.message || say(failed);
  throw error;
}
