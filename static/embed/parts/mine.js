// The entry of the part for whoever was judged, or mutes somebody.
// @ts-check
import { $ } from "../lib/dom.js";
import { given } from "../lib/parts.js";
import { me } from "../behaviours/me.js";
import { answering, showAppeals, showWarning } from "./judged.js";
import { foldMuted, muting } from "./muted.js";

Object.assign(given.actions, answering, muting);
foldMuted();
me.watch($("#say"), () => {
  if (!me.name) showWarning(null);
  foldMuted();
});

/** What /me says. @param {any} found */
export function meet(found) {
  showWarning(found.warning);
  showAppeals(found.own);
  foldMuted(found.muted);
}
