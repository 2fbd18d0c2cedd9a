// @ts-check
// Confirming a bulk action: it is carried out, and the queue shows again, with the message that undoes it.

import { attempt } from "./lib/kept.js";
import { leave } from "./lib/leaving.js";
import { leftAt } from "./returning.js";
import { forgetTicks } from "./ticks.js";
import { canUndo, drop, keep, undone } from "./undo.js";

/**
 * Carry out what the page previews; from the moment it is confirmed, undoing means this.
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} by the button that was pressed
 */
export async function start(form, by) {
  if (form.ariaBusy === "true") return;
  const sent = attempt(form, by);
  const from = leftAt(); // undone, it is left where it was decided
  /** @type {import("./undo.js").Done} */
  const each = {
    gone: [],
    ids: from ? [from] : [],
    back: () => {},
    steps: [{ post: form.dataset.start }],
    until: Infinity,
    sentence: "",
    sent: sent.then(Boolean),
  };
  keep(each);
  const body = await sent;
  if (!body) return drop(each);
  forgetTicks();
  each.until = Date.now() + body.undo_seconds * 1000;
  each.sentence = body.sentence;
  canUndo(each);
  await undone(); // if that was wanted meanwhile
  const queue = document.querySelector(/** @type {"a"} */ ("a[data-cancel]"));
  leave(body.location ?? queue?.href ?? location.href);
}
