// Before a text is posted: a preview, a question about it, and a wait if the last comment was too recent.
// After a refusal: what it changes here.
// @ts-check
import { $, $$, page } from "../lib/dom.js";
import { html, served } from "../lib/html.js";
import { call, isMember } from "../lib/http.js";
import { say } from "../lib/words.js";
import { reason } from "../lib/reason.js";
import { keep } from "../lib/store.js";
import { heed, refresh } from "../behaviours/me.js";

/** @typedef {import("./form.js").Form} Form */

/** @param {{text: string, href: string | null}} line */
const line = ({ text, href }) =>
  html`<li dir="auto">${href ? html`<a href="${href}" target="${href.startsWith("tel:") ? "" : "_blank"}" rel="noopener">${text}</a>` : text}</li>`;

const time = new Intl.RelativeTimeFormat(page.locale);

/** A time from now, as a phrase: in minutes from two minutes on, in hours from two hours on (as core/locale.py). @param {number} seconds */
function ahead(seconds) {
  if (seconds < 120) return time.format(seconds, "second");
  if (seconds < 7200) return time.format(Math.ceil(seconds / 60), "minute");
  return time.format(Math.ceil(seconds / 3600), "hour");
}

export const meet = {
  /** Show a preview; tools are disabled, because they change the hidden text. @param {Form} view */
  async preview(view) {
    const { area, form } = view;
    if ($(".look", form)) return view.heed();
    try {
      const look = await call("POST", "/preview", {
        site: page.site,
        text: area.value,
        href: page.href,
        tags: page.tags,
      });
      view.tell("");
      view.unlook();
      const node = html`<div class="look text" dir="auto">${served(look.html)}</div>`;
      node.style.minHeight = `${area.offsetHeight}px`; // what is below stays where it is
      area.after(node);
    } catch (error) {
      return view.tell(reason(error, "failed.preview"), true);
    }
    area.hidden = true;
    const opener = $(".tools [aria-expanded=true]", form);
    if (opener) view.unfold(opener, () => null);
    for (const each of $$("[data-do*='.']", form)) each.disabled = true;
    const seen = $(".seen", form);
    seen.textContent = say("write_on");
    seen.setAttribute("aria-pressed", true);
  },

  /** Ask whether to post the text as it is. People who may need help see where to get it, and are not urged.
   * @param {Form} view @param {import("./sending.js").Doubts} found */
  ask(view, { sentences, lines, action }) {
    const help = lines.length > 0;
    const word = view.task.id ? "nudge_save" : help ? "nudge_care_post" : "nudge_post";
    const words = say("nudge");
    const ask = html`
      <div class="ask panel" role="alertdialog" aria-label="${words}"><strong>${words}</strong>
        ${sentences.map((each) => html`<p>${each}</p>`)}
        ${!help && action === "hold" && html`<p>${say("nudge_held")}</p>`}
        ${help && html`<ul class="lines">${lines.map(line)}</ul>`}
        <p class="end"><button type="submit" class="plain">${say(word)}</button>
          <button type="button" class="${help ? "plain" : "do"}" data-do="edit">${say("nudge_edit")}</button></p></div>`;
    $(".send", view.form).before(ask);
    $("[data-do=edit]", ask).focus({ preventScroll: true });
    return true;
  },

  /** What a refusal means beyond its reason. @param {any} error @param {import("./draft.js").Draft} draft @param {Form} view */
  fail(error, draft, view) {
    if (error.status === 401 && !isMember() && !error.sanction && !error.over) {
      // The server no longer knows this browser's guest: become a new one.
      keep("guest", null);
      refresh();
      view.showWho();
    }
    if (error.status === 422 && error.code === "idempotency_mismatch") draft.now.key = undefined;
    if (error.code === "thread_closed") page.shut = "closed";
    if (error.sanction || ["acknowledge_first", "thread_closed"].includes(error.code)) refresh();
    heed(error);
    if (error.wait && error.status === 429) meet.wait(view, error.wait);
  },

  /** Count down, then send, unless the reader goes on writing; the text stays.
   * @param {Form} view @param {number} seconds @param {string} [text] what was there when it began */
  wait(view, seconds, text = view.area.value) {
    const button = $(".go", view.form);
    view.waiting = seconds > 0 && !!button;
    if (!button) return;
    button.disabled = view.waiting;
    const same = text === view.area.value;
    const words = [say("wait", { when: ahead(seconds) }), same && say("wait_then")].filter(Boolean);
    view.tell(view.waiting ? words.join(" ") : "", !same);
    if (view.waiting) setTimeout(() => meet.wait(view, seconds - 1, text), 1000);
    else if (same && view.form.isConnected) view.form.requestSubmit();
  },
};
