// Writing aids: lists and quotes continue automatically, names are offered,
// and there is a short Markdown help.
// @ts-check
import { $, $$, announce, isComposing, place } from "../lib/dom.js";
import { tell } from "../lib/host.js";
import { html } from "../lib/html.js";
import { isMember } from "../lib/http.js";
import { part } from "../lib/parts.js";
import { kept } from "../lib/store.js";
import { say } from "../lib/words.js";
import { markBegun } from "../behaviours/draft.js";
import { make, selected } from "./field.js";
import { goOn } from "./lines.js";
import { toAddress } from "./links.js";
import { inSight, reveal } from "./sight.js";

/** @typedef {import("./form.js").Form} Form */
/** @typedef {import("./draft.js").Draft} Draft */

/** What to type, and how it looks. */
const SIGNS = [
  ["bold", "**…**", "strong"],
  ["italic", "_…_", "em"],
  ["link", "[…](https://…)", "u"],
  ["quote", "> …", "q"],
  ["list", "- …", "span"],
  ["code", "`…`", "code"],
];

/** Offer names, if somebody is mentioned or the caret is after an @word, even if it was not typed.
 * @param {Form} view @param {Draft} draft */
function offerNames(view, draft) {
  const { value, selectionStart } = view.area;
  const isAsked = view.area === document.activeElement && /[@＠][^\n@＠]{0,40}$/.test(value.slice(0, selectionStart));
  if (draft.now.mentions || (isAsked && isMember())) part("mention").then(({ meet }) => meet(view, draft), String);
}

/** Where the form was, say that its text is kept; it can be thrown away, and that undone.
 * @param {Form} view @param {Draft} draft */
function leave({ area, form, task }, draft) {
  const node = place(task.id || task.parent || "");
  const { now } = draft;
  const line = html`<p class="tell"></p>`;
  const tell = (/** @type {boolean} */ isKept) => {
    const button = html`<button type="button" class="link">${say(isKept ? "discard" : "undo")}</button>`;
    line.replaceChildren(say(isKept ? "draft_kept" : "discarded"), " ", button);
    announce(say(isKept ? "draft_kept" : "discarded"));
    button.onclick = () => {
      draft.end();
      if (!isKept) {
        draft.now = now;
        draft.write(now.text);
      }
      if (!node) area.value = draft.now.text;
      markBegun();
      tell(!isKept);
      $("button", line).focus({ preventScroll: true });
    };
  };
  if (node)
    $("article > footer", node).after(line); // what else is offered there comes below
  else form.after(line); // what is focused inside opens it
  area.addEventListener("focus", () => line.remove(), { once: true });
  tell(true);
}

/** Make one tab stop of the tools: arrow keys, Home and End move among them. @param {any} form */
function rove(form) {
  const row = $(".tools", form);
  if (!row) return;
  const all = () => $$("button", row).filter((each) => !each.disabled && each.offsetWidth);
  const stop = (/** @type {any} */ button) => {
    for (const each of $$("button", row)) each.tabIndex = each === button ? 0 : -1;
  };
  stop(all()[0]);
  row.addEventListener("focusin", (/** @type {FocusEvent} */ event) => stop(event.target));
  row.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    const { key, ctrlKey, metaKey, altKey } = event;
    if (!/^(Home|End|Arrow(Left|Right))$/.test(key) || ctrlKey || metaKey || altKey) return;
    event.preventDefault();
    const buttons = all();
    const { length } = buttons;
    const at = buttons.indexOf(document.activeElement);
    const ahead = document.dir === "rtl" ? "ArrowLeft" : "ArrowRight";
    const to = key === "Home" ? 0 : key === "End" ? length - 1 : key === ahead ? at + 1 : at - 1 + length;
    buttons[to % length].focus();
  });
  // during a preview, most of them are disabled
  const watch = new MutationObserver(() => $("[tabindex='0']", row)?.disabled && stop(all()[0]));
  watch.observe(row, { attributes: true, attributeFilter: ["disabled"], subtree: true });
}

/** The most height of the field, in pixels, which leaves room for the buttons below it: the frame is as tall as its
 * content, but knows the window and the screen. A keyboard on the screen takes half of it. */
function most() {
  const room = Math.min(outerHeight || 640, screen.availHeight || 640);
  return Math.max(144, Math.min(384, room * (matchMedia("(pointer: coarse)").matches ? 0.4 : 0.5)));
}

/** Where the line of the caret ends in the box. @param {any} area */
function lineEnd(area) {
  const copy = area.cloneNode();
  copy.value = area.value.slice(0, area.selectionEnd);
  copy.style.cssText = `position:absolute;visibility:hidden;height:0;width:${area.offsetWidth}px`;
  area.after(copy);
  const high = copy.scrollHeight - area.scrollTop;
  copy.remove();
  const { top, height } = area.getBoundingClientRect();
  return top + Math.min(high, height);
}

/** The field has grown: once the frame has, the caret is in sight. @param {any} area */
function follow(area) {
  const look = () =>
    inSight(({ bottom, height }) => {
      const by = Math.ceil(lineEnd(area) + 16 - bottom);
      if (height && by > 0 && area === document.activeElement) tell({ by });
    });
  addEventListener("resize", look, { once: true });
}

/** The name that a guest has typed in another form. */
const typed = () => $$("form .who [autocomplete]").find((each) => each.value)?.value ?? "";

export const meet = {
  /** Handle a form that has just opened. @param {Form} view @param {Draft} draft */
  begin(view, draft) {
    const { area, form, task } = view;
    const { shut } = task;
    task.shut = () => {
      shut?.();
      if (kept(draft.slot)) leave(view, draft);
    };
    // closed before this was here
    if (kept(draft.slot) && !(form.isConnected && view.isOpen())) leave(view, draft);
    offerNames(view, draft);
    let high = area.offsetHeight;
    area.addEventListener("input", () => {
      offerNames(view, draft);
      if (area.offsetHeight > high) follow(area);
      high = area.offsetHeight;
    });
    // a guest's name is kept with the text
    const sign = () => {
      const name = view.name()?.value;
      if (name === draft.now.name) return;
      draft.now.name = name;
      if (kept(draft.slot)) draft.write(draft.now.text);
    };
    form.addEventListener("input", sign);
    view.ready = () => {
      view.most = most();
      for (const each of $$("[data-do$=help],[data-do$=pick]", form)) each.setAttribute("aria-expanded", false);
      rove(form);
      const name = view.name();
      if (name) name.value = draft.now.name ?? (name.value || typed());
    };
    view.ready();
    sign();
    view.fit();
    part("pasting").then(({ meet }) => area.addEventListener("paste", meet.paste), String);
    area.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      const { key, ctrlKey, metaKey, altKey, shiftKey, defaultPrevented } = event;
      const isOther = ctrlKey || metaKey || altKey || shiftKey || defaultPrevented || isComposing(event);
      // when names are offered, Enter chooses one (mention.js)
      if (!/^(Enter|Tab)$/.test(key) || isOther || area.hasAttribute("aria-activedescendant")) return;
      const [value, start, end] = selected(area);
      const change = start === end && (key === "Tab" ? toAddress : goOn)(value, start);
      if (!change) return;
      event.preventDefault();
      make(area, change);
    });
  },

  /** @param {Form} view @param {any} button */
  help(view, button) {
    const node = view.unfold(button, () => {
      const rows = SIGNS.map(([name, typed, tag]) => {
        const looks = document.createElement(tag);
        looks.textContent = say(name);
        return html`<tr><td><code dir="ltr">${typed}</code></td><td>${looks}</td></tr>`;
      });
      return html`<div class="signs"><table><tbody>${rows}</tbody></table><p>${say("keys")}</p></div>`;
    });
    if (node) reveal(node);
  },
};
