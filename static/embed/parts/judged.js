// Moderators' decisions about this reader: a warning to read, a decision to appeal.
// @ts-check
import { $, announce, isComposing, page, place } from "../lib/dom.js";
import { html } from "../lib/html.js";
import { call, isSomebody } from "../lib/http.js";
import { say } from "../lib/words.js";
import { reason } from "../lib/reason.js";
import { below } from "../behaviours/own.js";
import { isComplete } from "./complete.js";

/** @param {string} at */
const onDay = (at) => new Date(at).toLocaleDateString(page.locale, { dateStyle: "long" });

/** Show the warning that is not acknowledged yet, or remove it. @param {any} warning */
export function showWarning(warning) {
  const there = $("#warned");
  if (there?.dataset.id === warning?.id) return;
  there?.remove();
  if (!warning) return;
  const why = say("sanction_reason", { reason: warning.reason });
  const words = warning.message && html`<blockquote class="own" dir="auto">${warning.message}</blockquote>`;
  const node = html`
    <section class="panel" id="warned" data-id="${warning.id}" aria-labelledby="warned-by">
      <strong id="warned-by">${say("warned")}</strong><p>${why}</p>${words}
      <p>${say("warned_body")}</p>
      <p class="end"><button type="button" class="do" data-action="read-warning">${say("warned_read")}</button></p></section>`;
  node.style.marginBlock = "0.9rem";
  $(".top").after(node);
  announce(`${say("warned")}. ${why}`);
}

/** Show the suspension or ban in force: until when, why, and how to appeal. @param {any} sanction */
export function showSanction(sanction) {
  const there = $("#banned");
  if (sanction && there && $("form", there)) return; // an appeal is being written
  there?.remove();
  if (!sanction) return;
  const { kind, until, message } = sanction;
  const last = until && onDay(new Date(+new Date(until) - 1000).toISOString());
  const title = kind === "suspend" ? say("suspended", { day: last }) : say("banned");
  const why = sanction.reason && html`<p>${say("sanction_reason", { reason: sanction.reason })}</p>`;
  const words = message && html`<blockquote class="own" dir="auto">${message}</blockquote>`;
  const node = html`
    <section class="panel" id="banned" aria-labelledby="banned-by">
      <strong id="banned-by">${title}</strong><p>${say("banned_body")}</p>${why}${words}</section>`;
  if (sanction.appeal) node.append(...paragraphs(sanction.appeal));
  else if (sanction.can_appeal)
    node.append(
      isSomebody()
        ? html`<p><button type="button" class="link" data-action="appeal-sanction">${say("appeal")}</button></p>`
        : html`<p>${say("banned_sign_in")}${" "}<button type="button" class="link" data-action="sign-in">${say("sign_in")}</button></p>`,
    );
  const elsewhere = sanction.appeal_url || "";
  if (/^(https?|mailto):/.test(elsewhere)) {
    const link = html`<a target="_blank" rel="noopener">${elsewhere.replace(/^mailto:/, "")}</a>`;
    link.href = elsewhere;
    node.append(html`<p>${say("banned_appeal")}${" "}${link}</p>`);
  }
  $(".top").after(node);
}

/** Show the result of the appeal against a sanction that has ended. @param {any} appeal */
export function showAnswer(appeal) {
  $("#answered")?.remove();
  if (!appeal) return;
  const node = html`<section class="panel" id="answered">${paragraphs(appeal)}</section>`;
  node.style.marginBlock = "0.9rem";
  $(".top").after(node);
}

/** When an appeal was sent, its result, and the moderators' answer. @param {any} appeal */
function became(appeal) {
  const day = onDay(appeal.decided_at || appeal.created_at);
  const lines = [html`<b>${say(`appeal.${appeal.outcome || "waiting"}`, { day })}</b>`];
  if (appeal.answer) lines.push(html`<span dir="auto">${appeal.answer}</span>`);
  return lines;
}

/** @param {any} appeal */
const paragraphs = (appeal) => became(appeal).map((line) => html`<p class="heard">${line}</p>`);

/** Show at the reader's comments the results of appeals, or that they can appeal.
 * @param {any[]} own */
export const showAppeals = (own) => own.forEach(showAppeal);

/** @param {any} own */
function showAppeal(own) {
  const node = place(own.id);
  const article = node && $("article", node);
  const { appeal, can_appeal } = own;
  if (!article || (node.classList.contains("gap") && !appeal)) return;
  $(":scope > .own > .heard", article)?.remove();
  const restored = own.status === "published" && appeal?.outcome === "overturned" && isFresh(appeal.decided_at);
  if (own.status === "published" ? !restored : !can_appeal && !appeal) return;
  const lines = can_appeal
    ? [html`<button type="button" class="link" data-action="appeal">${say("appeal")}</button>`]
    : became(appeal);
  if (!$(":scope > .own", article)) article.prepend(html`<div class="own"></div>`);
  $(":scope > .own", article).append(html`<div class="heard">${lines}</div>`);
}

/** Whether a successful appeal is recent enough to show: a week. @param {string} at */
const isFresh = (at) => Date.now() - +new Date(at) < 6048e5;

/** @type {Record<string, (button: any) => unknown>} */
export const answering = {
  "read-warning": async (button) => {
    const node = button.closest("section");
    button.disabled = true;
    try {
      await call("POST", `/warnings/${node.dataset.id}/acknowledge`);
    } catch (error) {
      button.disabled = false;
      $(".tell", node)?.remove();
      return node.append(html`<p class="tell bad" role="alert">${reason(error)}</p>`);
    }
    node.remove();
    const told = $("#write .tell");
    if (told) told.textContent = "";
    $("#write textarea")?.focus();
    announce(say("warned_done"));
  },

  appeal: (button) => {
    const node = button.closest(".c");
    const { id } = node.dataset;
    const form = appealForm(`/comments/${id}/appeal`, {}, (appeal) => {
      shut();
      showAppeal({ id, status: "rejected", appeal });
      return node;
    });
    const shut = below(button, () => form);
    $("[type=button]", form).onclick = shut;
  },

  "appeal-sanction": (button) => {
    const node = button.closest("section");
    const row = button.closest("p");
    const form = appealForm("/sanctions/appeal", { site: page.site }, (appeal) => {
      form.replaceWith(...paragraphs(appeal));
      return node;
    });
    const back = () => {
      form.replaceWith(row);
      button.focus();
    };
    $("[type=button]", form).onclick = back;
    form.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
      if (event.key === "Escape" && !isComposing(event)) back();
    });
    row.replaceWith(form);
    $("textarea", form).focus({ preventScroll: true });
  },
};

/** A form for an appeal.
 * @param {string} path where it is sent
 * @param {any} more what is sent with the text
 * @param {(appeal: any) => HTMLElement} done shows the response, and returns what to focus */
function appealForm(path, more, done) {
  const form = html`
    <form class="panel" novalidate><label><strong>${say("appeal_why")}</strong>
        <textarea maxlength="2000" rows="3" dir="auto" required></textarea></label>
      <p>${say("appeal_hint")}</p>
      <p class="end"><button type="button" class="plain">${say("cancel")}</button>
        <button class="do">${say("appeal_send")}</button></p></form>`;
  form.onsubmit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!isComplete(form)) return;
    const send = $(".do", form);
    send.disabled = true;
    try {
      const node = done(await call("POST", path, { ...more, text: $("textarea", form).value }));
      node.tabIndex = -1;
      node.focus({ preventScroll: true });
      announce(say("appeal_done"));
    } catch (error) {
      send.disabled = false;
      $(".tell", form)?.remove();
      form.append(html`<p class="tell bad" role="alert">${reason(error)}</p>`);
    }
  };
  return form;
}
