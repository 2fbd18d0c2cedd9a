// The draft at one place of the conversation: kept until it is posted, even across a reload.
// @ts-check
import { page } from "../lib/dom.js";
import { newKey } from "../lib/http.js";
import { keep, kept } from "../lib/store.js";
import { slotOf } from "../behaviours/draft.js";

/** @typedef {{id: string, name: string, nth: number}[]} Mentions */
/** @typedef {{id?: string, parent?: string, name?: string, text?: string, mentions?: Mentions,
 *   quote?: string, shut?: () => void}} Task */

/** Slot -> the form's text before anyone typed, such as a quote. @type {Map<string, string>} */
const untouched = new Map();

export class Draft {
  /** @param {Task} task */
  constructor(task) {
    this.slot = slotOf(task);
    this.place = { id: task.id, parent: task.parent };
    const text = task.text ?? untouched.get(this.slot) ?? "";
    /** @type {{text: string, name?: string, mentions?: Mentions, key?: string, tried?: boolean, asked?: boolean}} */
    this.now = kept(this.slot) || { text, mentions: task.mentions };
    if (!kept(this.slot)) untouched.set(this.slot, text);
  }

  /** Append a quote to the text. @param {string} words */
  quote(words) {
    const above = this.now.text.trimEnd();
    const lines = words
      .trim()
      .replace(/[ \t]*\n[ \t]*/g, "\n")
      .replace(/\n{3,}/g, "\n\n");
    const text = `${above}${above && "\n\n"}${lines.replace(/^.?/gm, (sign) => (sign ? `> ${sign}` : ">"))}\n\n`;
    if (!kept(this.slot)) untouched.set(this.slot, text);
    this.write(text);
  }

  /** Store the text. If the last one was sent, a changed text is another comment with a new key. A text that is
   * the form's initial text is not a draft. @param {string} text */
  write(text) {
    if (this.now.tried) this.now = { ...this.now, key: undefined, tried: false };
    this.now.text = text;
    const isBegun = text.trim() && text !== untouched.get(this.slot);
    keep(this.slot, isBegun ? this.now : null);
    keep(`last:${page.href}`, isBegun ? this.place : null);
  }

  /** Prepare the draft for sending, with a key that makes one comment of repeated requests. @param {string} text */
  send(text) {
    this.now.key ??= newKey();
    Object.assign(this.now, { text, tried: true });
    keep(this.slot, this.now);
    return this.now;
  }

  /** True once per draft: nobody is asked twice whether a text may hurt. */
  mayAsk() {
    const asked = this.now.asked;
    this.now.asked = true;
    return !asked;
  }

  /** The draft was posted: forget it. */
  end() {
    keep(this.slot, null);
    keep(`last:${page.href}`, null);
    untouched.delete(this.slot);
    this.now = { text: "" };
  }
}
