// What is being written at one place of the thread: kept until an answer comes, even across a reload.
// @ts-check
import { page } from "../lib/dom.js";
import { newKey } from "../lib/http.js";
import { keep, kept } from "../lib/store.js";
import { slotOf } from "../behaviours/draft.js";

/** @typedef {{id: string, name: string, nth: number}[]} Mentions */
/** @typedef {{id?: string, parent?: string, name?: string, text?: string, mentions?: Mentions,
 *   quote?: string, shut?: () => void}} Task */

export class Draft {
  /** @param {Task} task */
  constructor(task) {
    this.slot = slotOf(task);
    this.place = { id: task.id, parent: task.parent };
    /** @type {{text: string, mentions?: Mentions, key?: string, tried?: boolean, asked?: boolean}} */
    this.now = kept(this.slot) || { text: task.text || "", mentions: task.mentions };
  }

  /** Another text is another comment: it gets a key of its own once the old one was sent.
   * @param {string} text */
  write(text) {
    if (this.now.tried) this.now = { ...this.now, key: undefined, tried: false };
    this.now.text = text;
    keep(this.slot, text.trim() ? this.now : null);
    keep(`last:${page.href}`, text.trim() ? this.place : null);
  }

  /** It is about to be sent, by a key that makes one comment of several requests. @param {string} text */
  send(text) {
    this.now.key ??= newKey();
    Object.assign(this.now, { text, tried: true });
    keep(this.slot, this.now);
    return this.now;
  }

  /** True only once: nobody is asked a second time whether this may hurt. */
  mayAsk() {
    const asked = this.now.asked;
    this.now.asked = true;
    return !asked;
  }

  /** An answer came. */
  end() {
    keep(this.slot, null);
    keep(`last:${page.href}`, null);
    this.now = { text: "" };
  }
}
