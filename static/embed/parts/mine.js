// The entry of the part for whoever was judged, or mutes somebody.
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

/** What /me says. @param {any} found */
export function meet(found) {
  showWarning(found.warning);
  showSanction(found.sanction);
  showAnswer(found.sanction_appeal);
  showAppeals(found.own);
  foldMuted(found.muted);
}
