// Muted people, whose comments are collapsed for this reader only. A member's list is stored with the account, a
// guest's in this browser.
// @ts-check
import { $, $$, announce, nameOf } from "../lib/dom.js";
import { html } from "../lib/html.js";
import { call, isMember } from "../lib/http.js";
import { keep, kept } from "../lib/store.js";
import { say } from "../lib/words.js";
import { note, shut } from "../behaviours/own.js";
import { hold } from "./still.js";

/** @type {{id: string, name: string}[]} */
let muted = [];

/** Collapse comments of muted people, expand the others. @param {any[]} [members] the account's list */
export function foldMuted(members) {
  muted = isMember() ? members || muted : kept("muted") || [];
  for (const node of $$(".c[data-by]")) {
    const article = $(":scope > article", node);
    const fold = $(":scope > .fold", article);
    const who = muted.find((each) => each.id === node.dataset.by);
    if (who && !fold) {
      node.classList.add("muted");
      article.prepend(
        html`<p class="fold"><span>${say("muted", { name: who.name })}</span>${" "}
          <button type="button" class="link" data-action="unfold" aria-expanded="false"
            ><span>${say("muted_show")}</span><span>${say("muted_hide")}</span></button>${" "}
          ${unmute(who)}</p>`,
      );
    } else if (!who && fold) {
      node.classList.remove("muted");
      fold.remove();
    }
  }
  listMuted();
}

/** @param {{id: string}} who @param {string} [label] */
const unmute = ({ id }, label = say("unmute")) =>
  html`<button type="button" class="link" data-action="unmute" data-by="${id}" aria-label="${label}">${say("unmute")}</button>`;

/** List all muted people at the bottom of the box, even those without comments here. */
function listMuted() {
  const open = $("#muted")?.open;
  $("#muted")?.remove();
  if (!muted.length) return;
  const rows = muted.map((who) => html`<li><bdi>${who.name}</bdi> ${unmute(who, say("unmute_name", who))}</li>`);
  const node = html`
    <details id="muted"><summary>${say("muted_all", { count: muted.length })}</summary><ul>${rows}</ul></details>`;
  node.open = !!open;
  $("#say").before(node);
}

new MutationObserver((changes) => {
  const fresh = changes.some(({ addedNodes }) =>
    [...addedNodes].some((/** @type {any} */ each) => each.matches?.(".c,.list")),
  );
  if (fresh && muted.length) foldMuted(muted);
}).observe($("#box"), { childList: true, subtree: true });

/** @param {{id: string, name: string}} who @param {boolean} on */
async function setMuted(who, on) {
  if (isMember()) await call(on ? "PUT" : "DELETE", `/people/${who.id}/mute`);
  const rest = muted.filter((each) => each.id !== who.id);
  const now = on ? [...rest, who] : rest;
  if (!isMember()) keep("muted", now.length ? now : null);
  await hold(() => {
    if (on) shut();
    foldMuted(now);
  });
  announce(say(on ? "muted" : "unmuted", { name: who.name }));
}

/** @type {Record<string, (button: any) => unknown>} */
export const muting = {
  mute: async (button) => {
    const node = button.closest(".c");
    const opener = $("article [aria-expanded=true]", node);
    const { by: id = node.dataset.by, name = nameOf(button) } = button.dataset;
    try {
      await setMuted({ id, name }, true);
    } catch (error) {
      return note(button, error, "failed.like");
    }
    ($(".fold button", node) || opener)?.focus({ preventScroll: true });
  },
  unmute: async (button) => {
    const node = button.closest(".c") || $("#list");
    const who = muted.find((each) => each.id === button.dataset.by);
    if (!who) return;
    try {
      await setMuted(who, false);
    } catch (error) {
      return note(button, error, "failed.like");
    }
    node.tabIndex = -1;
    node.focus({ preventScroll: true });
  },
  unfold: (button) => {
    const folded = button.closest(".c").classList.toggle("muted");
    button.setAttribute("aria-expanded", `${!folded}`);
  },
};
