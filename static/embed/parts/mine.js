// The entry point of the part for decisions on the reader's comments and for mutes.
// @ts-check
import { $, page } from "../lib/dom.js";
import { given } from "../lib/parts.js";
import { me } from "../behaviours/me.js";
import { answering, showAnswer, showAppeals, showSanction, showWarning } from "./judged.js";
import { foldMuted, muting } from "./muted.js";

Object.assign(given.actions, answering, muting);
foldMuted();
me.watch($("#say"), () => {
  if (!me.name) {
    showWarning(null);
    showAnswer(null);
  }
  if (!page.barred) showSanction(null);
  foldMuted();
});

/** Handle the response of /me. @param {any} found */
export function meet(found) {
  showWarning(found.warning);
  showSanction(found.sanction);
  showAnswer(found.sanction_appeal);
  showAppeals(found.own);
  foldMuted(found.muted);
}
