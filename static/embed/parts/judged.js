// What moderators said to this reader: a warning to be read, a decision to object to.
// @ts-check
import { $, announce, page, place } from "../lib/dom.js";
import { html } from "../lib/html.js";
import { call } from "../lib/http.js";
import { say } from "../lib/words.js";
import { reason } from "../behaviours/sending.js";
import { below } from "../behaviours/own.js";

/** @param {string} at */
const onDay = (at) => new Date(at).toLocaleDateString(page.locale, { dateStyle: "long" });

/** Show the warning that is not acknowledged, or take it away. @param {any} warning */
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

/** Show the suspension or ban in force: until when, why, and where to object. @param {any} sanction */
export function showSanction(sanction) {
  $("#banned")?.remove();
  if (!sanction) return;
  const { kind, until, message, appeal_url } = sanction;
  const last = until && onDay(new Date(+new Date(until) - 1000).toISOString());
  const title = kind === "suspend" ? say("suspended", { day: last }) : say("banned");
  const why = sanction.reason && html`<p>${say("sanction_reason", { reason: sanction.reason })}</p>`;
  const words = message && html`<blockquote class="own" dir="auto">${message}</blockquote>`;
  const node = html`
    <section class="panel" id="banned" aria-labelledby="banned-by">
      <strong id="banned-by">${title}</strong><p>${say("banned_body")}</p>${why}${words}
      <p>${say("banned_appeal")}${" "}</p></section>`;
  const where = $("p:last-child", node);
  if (/^(https?|mailto):/.test(appeal_url || "")) {
    const link = html`<a target="_blank" rel="noopener">${appeal_url.replace(/^mailto:/, "")}</a>`;
    link.href = appeal_url;
    where.append(link);
  } else where.remove();
  $(".top").after(node);
}

/** Say at the reader's comments what became of their objections, or that they may object.
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
  const lines = [];
  if (can_appeal) lines.push(html`<button type="button" class="link" data-action="appeal">${say("appeal")}</button>`);
  else {
    const day = onDay(appeal.decided_at || appeal.created_at);
    lines.push(html`<b>${say(`appeal.${appeal.outcome || "waiting"}`, { day })}</b>`);
    if (appeal.answer) lines.push(html`<span dir="auto">${appeal.answer}</span>`);
  }
  if (!$(":scope > .own", article)) article.prepend(html`<div class="own"></div>`);
  $(":scope > .own", article).append(html`<div class="heard">${lines}</div>`);
}

/** Good news is told for a week. @param {string} at */
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
    const form = html`
      <form class="panel"><label><strong>${say("appeal_why")}</strong>
          <textarea maxlength="2000" rows="3" dir="auto" required></textarea></label>
        <p>${say("appeal_hint")}</p>
        <p class="end"><button type="button" class="plain">${say("cancel")}</button>
          <button class="do">${say("appeal_send")}</button></p></form>`;
    const shut = below(button, () => form);
    $("[type=button]", form).onclick = shut;
    form.onsubmit = async (/** @type {Event} */ event) => {
      event.preventDefault();
      const node = button.closest(".c");
      const { id } = node.dataset;
      const send = $(".do", form);
      send.disabled = true;
      try {
        const appeal = await call("POST", `/comments/${id}/appeal`, { text: $("textarea", form).value });
        shut();
        showAppeal({ id, status: "rejected", appeal });
        node.tabIndex = -1;
        node.focus({ preventScroll: true });
        announce(say("appeal_done"));
      } catch (error) {
        send.disabled = false;
        $(".tell", form)?.remove();
        form.append(html`<p class="tell bad" role="alert">${reason(error)}</p>`);
      }
    };
  },
};
