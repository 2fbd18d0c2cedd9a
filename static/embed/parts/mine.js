// The entry of the part for whoever was judged.
// @ts-check
import { given } from "../lib/parts.js";
import { answering, showAppeals, showWarning } from "./judged.js";

Object.assign(given.actions, answering);

/** What /me says. @param {any} found */
export function meet(found) {
  showWarning(found.warning);
  showAppeals(found.own);
}
