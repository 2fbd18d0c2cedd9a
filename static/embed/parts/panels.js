// Forms below a comment that few readers need: edit or delete their own, report another's.
// @ts-check
import { $, $$, announce, idOf, nameOf, place } from "../lib/dom.js";
import { html } from "../lib/html.js";
import { call } from "../lib/http.js";
import { given } from "../lib/parts.js";
import { keep, kept } from "../lib/store.js";
import { say } from "../lib/words.js";
import { heed } from "../behaviours/me.js";
import { below, note } from "../behaviours/own.js";
import { compose, emptyForm } from "../behaviours/writing.js";
import { isComplete } from "./complete.js";
import { hold } from "./still.js";
import { moveReply, takeOut } from "./withdrawn.js";

const REASONS = ["offensive", "abusive", "spam", "off_topic", "illegal", "other"];

/** @param {any} button */
function flagForm(button) {
  const by = button.closest(".c").dataset.by;
  const radios = REASONS.map(
    (each) => html`<label><input type="radio" name="why" value="${each}" required>${say(`flag.${each}`)}</label>`,
  );
  const mute = () =>
    html`<p><button type="button" class="link" data-action="mute">${say("mute", { name: nameOf(button) })}</button></p>`;
  return html`
    <form class="panel" novalidate>
      <fieldset role="radiogroup"><legend><strong>${say("report")}</strong><span>${say("report_why")}</span></legend>${radios}</fieldset>
      <label><span>${say("report_note")}</span><textarea maxlength="2000" rows="2"></textarea></label>
      <p hidden><a href="notice?comment=${idOf(button)}" target="_blank" rel="noopener">${say("report_notice")}</a></p>
      ${by && mute()}
      <p class="end"><button type="button" class="plain">${say("cancel")}</button>
        <button class="do">${say("report_send")}</button></p></form>`;
}

Object.assign(given.actions, {
  edit: async (/** @type {any} */ button, quiet = false) => {
    const id = idOf(button);
    const form = emptyForm();
    try {
      const { text, mentions } = await call("GET", `/comments/${id}`);
      const shut = below(button, () => form, quiet);
      if (!form.isConnected) return shut();
      // in the place of the text, which is hidden (frame.css)
      form.classList.add("edits");
      $(":scope > footer", form.parentNode).before(form);
      if (!quiet) $("textarea", form).focus({ preventScroll: true }); // moving it took the focus away
      compose(form, { id, text, mentions: mentions[0] && mentions, shut });
    } catch (error) {
      note(button, error, "failed.read");
    }
  },

  withdraw: (/** @type {any} */ button) => {
    const form = html`
      <form class="panel"><p>${say("withdraw_sure")}</p>
        <p class="end"><button type="button" class="plain">${say("keep")}</button>
          <button class="do">${say("withdraw")}</button></p></form>`;
    const close = below(button, () => form);
    // the message says that deleting is final: remove the Undo button
    for (const each of $$(":scope > .done,:scope > .own > .link", form.parentNode || form)) each.remove();
    $("[type=button]", form).onclick = close;
    form.onsubmit = async (/** @type {Event} */ event) => {
      event.preventDefault();
      const id = idOf(button);
      try {
        await call("DELETE", `/comments/${id}`);
        // biome-ignore lint/performance/useDomNodeTextContent: with the line breaks that are seen
        await hold(() => takeOut(id, $(".text", place(id))?.innerText ?? "", say("withdrawn")));
        moveReply(id);
        announce(say("withdrawn"));
      } catch (error) {
        note(button, error, "failed.change");
      }
    };
  },

  flag: (/** @type {any} */ button) => {
    const form = flagForm(button);
    const close = below(button, () => form);
    const area = $("textarea", form);
    $(".plain", form).onclick = close;
    form.onchange = () => {
      area.required = form.why.value === "illegal";
      $("p", form).hidden = !area.required;
      $("label > span", form).textContent = say(area.required ? "report_law" : "report_note");
    };
    form.onsubmit = async (/** @type {Event} */ event) => {
      event.preventDefault();
      if (!isComplete(form)) return;
      try {
        await call("POST", `/comments/${idOf(button)}/flags`, {
          reason: form.why.value,
          note: area.value || undefined,
        });
        const id = idOf(button);
        keep("reported", [...(kept("reported") || []), id].slice(-100));
        close();
        note(button, say("reported"));
      } catch (error) {
        note(button, error, "failed.change");
        heed(error);
      }
    };
  },
});

/** This part does not need the response of /me. */
export const meet = () => {};
