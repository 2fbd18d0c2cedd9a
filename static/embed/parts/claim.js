// What this browser's guest wrote, once a member sits here: it stays to be seen and changed, and is offered to be taken into the
// account. Somebody else may have written it, so nothing is taken without a press.
// @ts-check
import { $, $$, announce, page, place } from "../lib/dom.js";
import { html } from "../lib/html.js";
import { call } from "../lib/http.js";
import { given } from "../lib/parts.js";
import { reason } from "../lib/reason.js";
import { keep, kept } from "../lib/store.js";
import { say } from "../lib/words.js";
import { refresh, showOwn } from "../behaviours/me.js";
import { note, shut } from "../behaviours/own.js";

/** Whoever sits here by now. */
let sitting = 0;

/** Nothing here is the reader's any more, as long as /me does not say so: somebody else sits here. */
export function disown() {
  sitting++;
  delete page.unclaimed;
  $("#claim")?.remove();
  if ($("[data-own] > article > .panel,[data-action=edit][aria-expanded=true]")) shut();
  for (const node of $$(".pending,.rejected,.list .own,[data-action=edit],[data-action=withdraw]")) node.remove();
  for (const button of $$("[data-action=like],.kinds button")) button.setAttribute("aria-pressed", false);
  for (const node of $$("[data-own]")) delete node.dataset.own;
}

/** Show what the guest wrote here, and ask whose it is. @param {any} user the member */
export async function offerClaim(user) {
  const { token } = kept("guest") || {};
  if (!token) return;
  const mine = ++sitting;
  const isAsked = !!$("#claim"); // what is held is looked at every few seconds
  const refuse = () => keep("guest", { token, no: user.id });
  try {
    const sent = { edit_token: token, preview: true };
    const { count } = isAsked ? { count: 1 } : await call("POST", "/me/claim", sent);
    if (!count) return refuse();
    const where = page.thread ? `thread=${page.thread}` : page.where;
    const query = `site=${page.site}&${where}&locale=${page.locale}&include=html`;
    const headers = { Authorization: `Guest ${token}` };
    const answer = await fetch(`../api/v1/me?${query}`, {
      credentials: "omit",
      headers,
      signal: AbortSignal.timeout(20000),
    });
    const found = await answer.json();
    if (mine !== sitting || !answer.ok) return;
    page.unclaimed = found.own.map((/** @type {any} */ own) => own.id).join(" ");
    found.own.forEach(showOwn);
    if (isAsked) return;
    const guest = found.user.name;
    const other = guest !== user.name && say("claim_name", { guest, name: user.name });
    askWhose([say("claim_body", { count }), other].filter(Boolean).join(" "), token, refuse);
  } catch {
    // it is offered again when the page is opened next
  }
}

/** @param {string} words @param {string} token @param {() => void} refuse */
function askWhose(words, token, refuse) {
  $("#claim")?.remove();
  const node = html`
    <section class="panel" id="claim" aria-labelledby="claim-by"><strong id="claim-by">${say("claim")}</strong><p>${words}</p>
      <p class="end"><button type="button" class="plain">${say("claim_no")}</button>
        <button type="button" class="do">${say("claim_send")}</button></p></section>`;
  const [no, yes] = $$("button", node);
  no.onclick = () => {
    refuse();
    settle("claim_left");
  };
  yes.onclick = async () => {
    yes.disabled = true;
    $(".tell", node)?.remove();
    try {
      await call("POST", "/me/claim", { edit_token: token });
      keep("guest", null);
      settle("claim_done");
    } catch (error) {
      yes.disabled = false;
      node.append(html`<p class="tell bad" role="alert">${reason(error)}</p>`);
    }
  };
  node.style.marginBlockEnd = "1rem";
  $(".top").after(node);
  announce(words);
}

/** It is answered: show what is the member's by now. @param {string} words */
async function settle(words) {
  const ids = page.unclaimed?.split(" ") || [];
  disown();
  note($("#count"), say(words));
  given.leave();
  await refresh();
  for (const id of ids) await redraw(id);
}

/** Those that all can see bear the member's name now. @param {string} id */
async function redraw(id) {
  const node = place(id);
  if (node?.dataset.own !== "published" || $("article > form", node)) return;
  const found = await call("GET", `/comments/${id}?include=html&locale=${page.locale}`).catch(() => ({}));
  if (found.html) showOwn({ ...found, can_edit_until: $("[data-until]", node)?.dataset.until, fresh: true });
}
