// The comment form as shown: tools, characters left, the writer's name, the preview, and messages.
// @ts-check
import { $, $$, announce, page } from "../lib/dom.js";
import { html } from "../lib/html.js";
import { isMember } from "../lib/http.js";
import { kept } from "../lib/store.js";
import { say } from "../lib/words.js";
import { me } from "../behaviours/me.js";

/** @typedef {import("./draft.js").Task} Task */

/** Mark buttons and their icons. parts/marks.js knows what they write. */
const MARKS = [
  ["bold", "M4 2h5a3 3 0 0 1 0 6H4zm0 6h6a3 3 0 0 1 0 6H4z"],
  ["italic", "M6 2h6M4 14h6M9.5 2l-3 12"],
  ["quote", "M2 9h4v4H2V8q0-4 3-5m5 6h4v4h-4V8q0-4 3-5"],
  ["link", "M7 9a3 3 0 0 0 4.2.3l2-2A3 3 0 0 0 9 3L8 4m1 3a3 3 0 0 0-4.2-.3l-2 2A3 3 0 0 0 7 13l1-1"],
  ["list", "M6 3h8M6 8h8M6 13h8M2 3h1M2 8h1m-1 5h1"],
];

/** Buttons that open something below the tools. */
const EXTRAS = [
  ["emoji", "emoji.pick", "M8 1.5a6.5 6.5 0 1 0 .1 0M5 9.5q3 3.5 6 0M5.5 6v.5m5-.5v.5"],
  ["help", "typing.help", "M8 1.5a6.5 6.5 0 1 0 .1 0M6 6.3a2 2 0 1 1 2.7 1.9q-.7.3-.7 1.3M8 11.5v.3"],
];

export class Form {
  /** @param {any} form @param {Task} task */
  constructor(form, task) {
    this.form = form;
    this.task = task;
    this.area = $("textarea", form);
    this.waiting = false;
    this.locked = false; // while a request is on its way
    /** Ends the wait for the next attempt to send, and with it the sending. @type {undefined | (() => void)} */
    this.stop = undefined;
    this.most = 384; // pixels
    /** What is done to the tools of a form that opens (parts/typing.js). @type {undefined | (() => void)} */
    this.ready = undefined;
  }

  isOpen() {
    return this.form.matches(".open");
  }

  /** Open the form, with a text. @param {string} text */
  open(text) {
    const { form, task } = this;
    if (this.area.value !== text) this.area.value = text;
    const label = task.id ? say("edit_own") : task.parent ? say("reply_to", { name: task.name }) : "";
    if (label) this.area.setAttribute("aria-label", label);
    if (task.parent) this.area.placeholder = label;
    $(".field", form).append(tools());
    form.append(html`<p class="tell" role="alert"></p>`, this.sender());
    if (task.parent && $("#rules")) form.append(html`<p class="rules">${$("#rules a").cloneNode(true)}</p>`);
    form.classList.add("open");
    this.ready?.();
    this.fit();
    const look = () => {
      this.showWho();
      this.seal();
    };
    look();
    me.watch(form, look);
  }

  /** Make the field read-only if the reader can no longer comment, or while its text is sent: it can be copied. */
  seal() {
    const { area, form } = this;
    const before = form.matches(".kept");
    const isKept = !!((page.barred || page.shut) && area.value.trim());
    area.readOnly = isKept || this.locked;
    form.classList.toggle("kept", isKept);
    if (before || !isKept) return;
    this.unlook();
    $(".tell", form)?.append(` ${say("kept")}`);
  }

  sender() {
    const shut = html`<button type="button" class="plain" data-do="shut">${say("cancel")}</button>`;
    return html`
      <div class="send">
        <div class="who"></div>
        <div class="end">${shut}<button class="do go">${say(this.goWord())}</button></div>
      </div>`;
  }

  /** @param {boolean} [now] */
  goWord(now) {
    if (this.task.id) return now ? "saving" : "save";
    return now ? "posting" : this.task.parent ? "post_reply" : "post";
  }

  /** How many more characters fit. */
  left() {
    return +(page.max || 0) - [...this.area.value].length;
  }

  /** Fit the field to its text, up to a height that leaves room for the buttons below it, and show how many characters
   * are left. */
  fit() {
    const { area, form } = this;
    if (!this.isOpen()) return; // closed before its tools were there
    const { scrollTop } = area;
    area.style.height = "auto";
    area.style.height = `${Math.min(area.scrollHeight, this.most)}px`;
    // whoever writes at the end sees it
    area.scrollTop = area.selectionEnd === area.value.length ? area.scrollHeight : scrollTop;
    const left = this.left();
    const output = $("output", form);
    output.textContent = left < 200 ? say(left < 0 ? "over" : "left", { count: Math.abs(left) }) : "";
    output.classList.toggle("bad", left < 0);
  }

  showWho() {
    const who = $(".who", this.form);
    // a reader who is still a guest may be typing their name
    if (this.task.id || !who || (this.name() && page.guests && !isMember())) return;
    const words = say("your_name");
    const field = html`
      <label><span class="hid">${words}</span>
        <input maxlength="60" autocomplete="name" placeholder="${words}" value="${kept("name") ?? ""}"></label>
      <input class="hid" name="website" tabindex="-1" aria-hidden="true" autocomplete="off">`;
    const guest = page.guests ? field : html`<span>${say("sign_in_first")}</span>`;
    who.replaceChildren(
      isMember()
        ? html`<span>${say("as", { name: me.name })}</span>`
        : html`${guest}<button type="button" class="link" data-action="sign-in">${say("sign_in")}</button>`,
    );
  }

  /** The field for a guest's name. */
  name() {
    return $("input", this.form);
  }

  /** The field to correct, after showing why; null if the form can be sent. */
  missing() {
    const name = this.name();
    const text = this.area.value.trim();
    const left = this.left();
    if (left < 0) {
      this.tell(say("over", { count: -left }), true);
      return this.area;
    }
    if (text && (!name || name.value.trim())) return null;
    this.tell(say(text ? "name_first" : "text_first"), true);
    return text ? name : this.area;
  }

  /** @param {string} text @param {boolean} [bad] */
  tell(text, bad) {
    if (text && !this.isOpen()) this.open(this.area.value);
    const told = $(".tell", this.form);
    if (!told) return;
    told.textContent = text;
    told.classList.toggle("bad", !!bad);
  }

  offerAgain() {
    $(".tell", this.form).append(" ", html`<button type="submit" class="link">${say("again")}</button>`);
  }

  /** Close the preview. */
  unlook() {
    $(".look", this.form)?.remove();
    this.area.hidden = false;
    for (const each of $$("[data-do*='.']", this.form)) each.disabled = false;
    for (const each of $$(".seen", this.form)) {
      each.setAttribute("aria-pressed", false);
      each.textContent = say("preview");
    }
  }

  unask() {
    $(".ask", this.form)?.remove();
  }

  /** Show something below the tools, replacing what another tool showed; a second press removes it.
   * @param {any} button @param {() => any} build @returns {any} what is shown */
  unfold(button, build) {
    const isOpen = button.getAttribute("aria-expanded") === "true";
    for (const each of $$(".unfolded", this.form)) each.remove();
    for (const each of $$(".tools [aria-expanded]", this.form)) each.setAttribute("aria-expanded", false);
    if (isOpen) return null;
    button.setAttribute("aria-expanded", true);
    const node = build();
    node.classList.add("unfolded");
    $(".tools", this.form).after(node);
    return node;
  }

  /** Go back to writing. */
  heed() {
    this.unask();
    this.unlook();
    this.area.focus();
  }

  /** Empty the form. */
  clear() {
    this.area.value = "";
    this.unlook();
    this.unask();
    this.tell("");
    this.fit();
  }

  /** Collapse the form; its text stays. */
  fold() {
    this.stop?.();
    this.unlook();
    for (const each of $$(".tools,.tell,.ask,.send,.unfolded", this.form)) each.remove();
    this.form.classList.remove("open");
    this.form.classList.toggle("goes-on", this.area.value.trim().includes("\n"));
    this.area.style.height = "";
    this.area.blur();
  }

  /** What is on its way can neither be changed nor called back. @param {boolean} now */
  lock(now) {
    this.locked = now;
    this.seal();
    const shut = $("[data-do=shut]", this.form);
    if (shut) shut.disabled = now;
  }

  /** @param {boolean} now */
  busy(now) {
    this.lock(now);
    const button = $(".go", this.form);
    if (!button) return;
    button.disabled = now || this.waiting;
    button.textContent = say(this.goWord(now));
    if (now) announce(button.textContent);
  }
}

/** One tab stop from the start: parts/typing.js lets arrow keys move among the tools.
 * @param {string} name @param {string} does @param {string} path */
const tool = (name, does, path) => html`
  <button type="button" data-do="${does}" tabindex="${name === "bold" ? 0 : -1}" title="${say(name)}"
    aria-label="${say(name)}">
    <svg viewBox="0 0 16 16" aria-hidden="true"><path d="${path}"/></svg></button>`;

const tools = () => html`
  <div class="tools" role="toolbar" aria-label="${say("tools")}">
    ${MARKS.map(([name, path]) => tool(name, `marks.${name}`, path))}
    ${EXTRAS.map(([name, does, path]) => tool(name, does, path))}
    <button type="button" class="seen" data-do="preview" tabindex="-1" aria-pressed="false">${say("preview")}</button>
    <output></output></div>`;
