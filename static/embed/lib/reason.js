// What went wrong with a request, in words.
// @ts-check
import { Problem } from "./http.js";
import { say } from "./words.js";

/** What went wrong, in words; the server says longer waits in minutes. @param {any} error @param {string} [failed] what is said without an answer
 * @returns {string} */
export function reason(error, failed = "failed") {
  if (error.status === 429 && error.wait && error.wait < 121) return say("slow", { count: error.wait });
  if (error instanceof Problem) return error.message || say(failed);
  throw error;
}
