// The form that one writes in, as it looks: tools, what is left, who writes, the preview, and what it says.
// @ts-check
import { $, $$, announce, page } from "../lib/dom.js";
import { html } from "../lib/html.js";
import { isMember } from "../lib/http.js";
import { kept } from "../lib/store.js";
import { say } from "../lib/words.js";
import { me } from "./me.js";

/** @typedef {import("./draft.js").Task} Task */

/** What a button draws, and what it writes before and after what is marked. */
const MARKS = [
  ["bold", "M4 2h5a3 3 0 0 1 0 6H4zm0 6h6a3 3 0 0 1 0 6H4z", "**", "**"],
  ["italic", "M6 2h6M4 14h6M9.5 2l-3 12", "_", "_"],
  ["quote", "M2 9h4v4H2V8q0-4 3-5m5 6h4v4h-4V8q0-4 3-5", "\n> ", ""],
  [
    "link",
    "M7 9a3 3 0 0 0 4.2.3l2-2A3 3 0 0 0 9 3L8 4m1 3a3 3 0 0 0-4.2-.3l-2 2A3 3 0 0 0 7 13l1-1",
    "[",
    "](https://)",
  ],
  ["list", "M6 3h8M6 8h8M6 13h8M2 3h1M2 8h1m-1 5h1", "\n- ", ""],
];

/** The empty form for a reply or an edit. */
export const emptyForm = () =>
  html`<form class="write" novalidate><div class="field"><textarea dir="auto" rows="1"></textarea></div></form>`;

export class Form {
  /** @param {any} form @param {Task} task */
  constructor(form, task) {
    this.form = form;
    this.task = task;
    this.area = $("textarea", form);
    this.waiting = false;
  }

  /** Show all of it, with a text in it. @param {string} text */
  open(text) {
    const { form, task } = this;
    if (this.area.value !== text) this.area.value = text;
    const label = task.id ? say("edit_own") : task.parent ? say("reply_to", { name: task.name }) : "";
    if (label) this.area.setAttribute("aria-label", label);
    $(".field", form).append(tools());
    form.append(html`<p class="tell" role="alert"></p>`, this.sender());
    if (task.parent && $("#rules")) form.append(html`<p class="rules">${$("#rules a").cloneNode(true)}</p>`);
    form.classList.add("open");
    this.fit();
    const look = () => {
      this.showWho();
      this.seal();
    };
    look();
    me.watch(form, look);
  }

  /** Where nothing more is taken, what was written stays to be read and copied. */
  seal() {
    const { area, form } = this;
    const before = area.readOnly;
    area.readOnly = !!((page.barred || page.shut) && area.value.trim());
    form.classList.toggle("kept", area.readOnly);
    if (before || !area.readOnly) return;
    this.unlook();
    $(".tell", form)?.append(` ${say("kept")}`);
  }

  sender() {
    const shut = html`<button type="button" class="plain" data-do="shut">${say("cancel")}</button>`;
    return html`
      <div class="send">
        <div class="who"></div>
        <div class="end">${this.task.shut && shut}<button class="do go">${say(this.goWord())}</button></div>
      </div>`;
  }

  goWord() {
    return this.task.id ? "save" : this.task.parent ? "post_reply" : "post";
  }

  /** As high as its text, which says how much more may come. */
  fit() {
    const { area, form } = this;
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight}px`;
    const left = +(page.max || 0) - [...area.value].length;
    const output = $("output", form);
    output.textContent = left < 200 ? say(left < 0 ? "over" : "left", { count: Math.abs(left) }) : "";
    output.classList.toggle("bad", left < 0);
  }

  showWho() {
    const who = $(".who", this.form);
    if (this.task.id || !who) return;
    const name = this.name()?.value ?? kept("name") ?? "";
    const words = say("your_name");
    const field = html`
      <label><span class="hid">${words}</span>
        <input maxlength="60" autocomplete="name" placeholder="${words}" value="${name}"></label>`;
    const guest = page.guests ? field : html`<span>${say("sign_in_first")}</span>`;
    who.replaceChildren(
      isMember()
        ? html`<span>${say("as", { name: me.name })}</span>`
        : html`${guest}<button type="button" class="link" data-action="sign-in">${say("sign_in")}</button>`,
    );
  }

  /** Where a guest writes their name. */
  name() {
    return $("input", this.form);
  }

  /** The place of what is missing, once it is said; none when this can be sent. */
  missing() {
    const name = this.name();
    const text = this.area.value.trim();
    const over = [...this.area.value].length - +(page.max || 0);
    if (over > 0) {
      this.tell(say("over", { count: over }), true);
      return this.area;
    }
    if (text && (!name || name.value.trim())) return null;
    this.tell(say(text ? "name_first" : "text_first"), true);
    return text ? name : this.area;
  }

  /** @param {string} text @param {boolean} [bad] */
  tell(text, bad) {
    if (text && !this.form.matches(".open")) this.open(this.area.value);
    const told = $(".tell", this.form);
    if (!told) return;
    told.textContent = text;
    told.classList.toggle("bad", !!bad);
  }

  offerAgain() {
    $(".tell", this.form).append(" ", html`<button type="submit" class="link">${say("again")}</button>`);
  }

  /** Write a mark around what is selected. @param {string} at */
  mark(at) {
    const { area } = this;
    const [, , before, after] = MARKS[+at];
    const { selectionStart: start, selectionEnd: end, value } = area;
    const fresh = before[0] === "\n" && (!start || value[start - 1] === "\n");
    const open = fresh ? before.slice(1) : before;
    area.focus();
    area.setRangeText(open + value.slice(start, end) + after, start, end, "end");
    if (start === end || after.length > 2) {
      const caret = start + open.length + (after.length > 2 && end > start ? end - start + 2 : 0);
      area.setSelectionRange(caret, after.length > 2 && end > start ? caret + 8 : caret);
    }
    area.dispatchEvent(new Event("input"));
  }

  /** The text itself again, where the part showed how it will look. */
  unlook() {
    $(".look", this.form)?.remove();
    this.area.hidden = false;
    for (const each of $$("[data-mark]", this.form)) each.disabled = false;
    const seen = $(".seen", this.form);
    seen?.setAttribute("aria-pressed", false);
    if (seen) seen.textContent = say("preview");
  }

  unask() {
    $(".ask", this.form)?.remove();
  }

  /** Write on. */
  heed() {
    this.unask();
    this.unlook();
    this.area.focus();
  }

  /** Nothing in it any more, as at first. */
  clear() {
    this.area.value = "";
    this.unlook();
    this.unask();
    this.tell("");
    this.fit();
  }

  /** As small as before somebody wrote; what is written stays. */
  fold() {
    this.unlook();
    for (const each of $$(".tools,.tell,.ask,.send", this.form)) each.remove();
    this.form.classList.remove("open");
    this.area.style.height = "";
    this.area.blur();
  }

  /** @param {boolean} now */
  busy(now) {
    const button = $(".go", this.form);
    if (!button) return;
    button.disabled = now || this.waiting;
    button.textContent = say(now ? "posting" : this.goWord());
    if (now) announce(say("posting"));
  }
}

function tools() {
  const buttons = MARKS.map(
    ([name, path], at) => html`
      <button type="button" data-mark="${at}" title="${say(name)}" aria-label="${say(name)}">
        <svg viewBox="0 0 16 16" aria-hidden="true"><path d="${path}"/></svg></button>`,
  );
  return html`
    <div class="tools" role="group" aria-label="${say("tools")}">${buttons}
      <button type="button" class="seen" data-do="preview" aria-pressed="false">${say("preview")}</button>
      <output></output></div>`;
}
