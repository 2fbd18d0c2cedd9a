// The card of a person, fetched when their name is pressed.
// @ts-check
import { $, idOf, page, place, tellTimes } from "../lib/dom.js";
import { face } from "./face.js";
import { html } from "../lib/html.js";
import { call } from "../lib/http.js";
import { given } from "../lib/parts.js";
import { kept } from "../lib/store.js";
import { say } from "../lib/words.js";
import { me } from "../behaviours/me.js";
import { below, note, shut } from "../behaviours/own.js";

/** Fetched cards, by viewer and person. @type {Map<string, Promise<any>>} */
const cards = new Map();

/** @param {string} id @returns {Promise<any>} */
function find(id) {
  const key = `${me.name} ${id}`;
  const found = cards.get(key) || call("GET", `/people/${id}?site=${page.site}&locale=${page.locale}`);
  cards.set(key, found);
  found.catch(() => cards.delete(key));
  return found;
}

/** @param {any} button a name, at a comment or in its text */
const whose = (button) => button.dataset.by || button.closest(".c").dataset.by;

/** @param {any} found @param {any} button */
function card(found, button) {
  const { id, name, kind, badges, since, count, url, picture, comments, you } = found;
  const month = since && new Date(since).toLocaleDateString(page.locale, { month: "long", year: "numeric" });
  const facts = [kind === "guest" && say("guest"), month && say("since", { month }), say("count", { count })];
  const form = html`
    <form class="panel card" aria-labelledby="card-by">
      <p class="whom">${face(name, whose(button), picture && html`<img src="${picture}" alt="" referrerpolicy="no-referrer">`)}<strong id="card-by"><bdi>${name}</bdi></strong>
        ${badges.map((/** @type {string} */ each) => html`<bdi class="badge">${each}</bdi>`)}
        <button type="button" class="x" aria-label="${say("close")}" title="${say("close")}">
          <svg viewBox="0 0 16 16" aria-hidden="true"><path d="M3 3l10 10M13 3 3 13"/></svg></button></p>
      <p>${facts.filter(Boolean).join(" · ")}</p>
      ${/^https?:/.test(url || "") && html`<p><a class="link" href="${url}" target="_blank" rel="noopener">${say("profile")}</a></p>`}
      ${comments.length > 0 && html`<p class="newest">${say("newest")}</p>`}
      ${comments.length > 0 && html`<ul>${comments.map(line)}</ul>`}
      <p class="acts">${you ? "" : acts(id, name, button)}${found.page && html`<a class="link" href="${found.page}" target="_blank" rel="noopener">${say("page")}</a>`}</p></form>`;
  return form;
}

/** @param {any} each */
function line({ text, link, thread_title, at }) {
  const words = html`<a target="_top" dir="auto">${text}</a>`;
  if (/^https?:/.test(link)) words.href = link;
  return html`<li>${words}<small><bdi>${thread_title || ""}</bdi>${thread_title ? " · " : ""}<time datetime="${at}"></time></small></li>`;
}

/** The actions for another person. @param {string} id @param {string} name @param {any} button */
function acts(id, name, button) {
  const muted = $(`[data-action=unmute][data-by="${id}"]`);
  const act = muted ? "unmute" : "mute";
  const node = button.closest(".c");
  const flag = !button.dataset.by && !node.dataset.own && !(kept("reported") || []).includes(node.dataset.id);
  return html`
    <span><button type="button" class="link" data-action="${act}" data-by="${id}" data-name="${name}">${say(act, { name })}</button></span>
    ${flag && html`<span><button type="button" class="link" data-action="report">${say("report")}</button></span>`}`;
}

/** The open card. @type {any} */
let shown = null;

// a press elsewhere closes it; the box was as tall as it needed
document.addEventListener(
  "click",
  ({ target }) => {
    const isName = /** @type {any} */ (target).closest("[data-action=person]");
    if (shown?.isConnected && !shown.contains(target) && !isName) shut();
    if (!shown || shown.isConnected) return;
    shown = null;
    document.body.style.minHeight = "";
  },
  true,
);

Object.assign(given.actions, {
  person: async (/** @type {any} */ button) => {
    if (button.getAttribute("aria-expanded") === "true") return below(button, () => null)();
    let found;
    try {
      found = await find(whose(button));
    } catch (error) {
      return note(button, /** @type {any} */ (error).status === 404 ? say("gone") : error, "failed.read");
    }
    /** @type {any} */
    let form;
    const close = below(button, () => (form = card(found, button)));
    $(".x", form).onclick = close;
    tellTimes();
    shown = form;
    if (form) document.body.style.minHeight = `${Math.ceil(form.getBoundingClientRect().bottom + scrollY + 12)}px`;
  },

  report: (/** @type {any} */ button) => {
    given.actions.flag($("article > footer summary", place(idOf(button))));
  },
});

/** This part does not need the response of /me. */
export const meet = () => {};
