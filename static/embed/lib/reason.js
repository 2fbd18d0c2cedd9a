// What went wrong with a request, in words.
// @ts-check
import { Problem } from "./http.js";
import { say } from "./words.js";

/** What went wrong, in words. @param {any} error @param {string} [failed] what is said without an answer
 * @returns {string} */
export function reason(error, failed = "failed") {
  if (error instanceof Problem) return error.message || say(failed);
  throw error;
}
