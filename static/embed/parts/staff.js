// Moderating in the box, for moderators: decide, feature, pin, close the conversation. It uses the same requests as
// the dashboard: a decision is on the version that was shown, and can be undone.
// @ts-check
import { $, $$, announce, idOf, page, place, put, tellTimes } from "../lib/dom.js";
import { showUnlessSeen } from "../lib/host.js";
import { html, served } from "../lib/html.js";
import { call, isMember } from "../lib/http.js";
import { given } from "../lib/parts.js";
import { say } from "../lib/words.js";
import { me } from "../behaviours/me.js";
import { below, note } from "../behaviours/own.js";
import { isComplete } from "./complete.js";
import { hold } from "./still.js";
import { light } from "../behaviours/thread.js";

const MOST = 25;
let on = false;

/** Handle the response of /me. @param {any} found */
export function meet(found) {
  const before = on;
  on = isMember() && found.can.includes("moderate");
  if (on && !before) $(".top").after(html`<p class="desk" id="desk" hidden><span></span></p>`);
  if (on && page.thread) showDesk();
  if (on && page.gone) seek(page.gone);
}

/** Find a comment named by a link that readers do not see. @param {string} id */
async function seek(id) {
  delete page.gone;
  const node = /^[\w-]+$/.test(id) && (await find(id).then(draw, () => null));
  if (!node) return;
  $("#gone")?.remove();
  light(node.dataset.id);
}

/** Show how many comments are waiting, and the button to close the conversation. */
function showDesk() {
  $("#desk").hidden = false;
  if (!$("#desk [data-action=closing]")) showClosing();
  count();
}

me.watch($("#box"), () => {
  if (!on || (isMember() && me.name)) return;
  on = false;
  for (const each of $$("#desk,.deciding,.ruled")) each.remove();
});

/** The button of a comment's menu. @param {any} node */
const dotsOf = (node) => $(":scope > article > footer summary", node);

// --- the conversation -------------------------------------------------------------------------------

/** @param {string} [closed] */
function showClosing(closed = $("#write:not([hidden])") ? "close_thread" : "open_thread") {
  $("#desk [data-action=closing]")?.remove();
  $("#desk").append(html`<button type="button" class="link" data-action="closing">${say(closed)}</button>`);
}

/** Update the number of waiting comments; pressing it shows them in their places. */
async function count() {
  const query = new URLSearchParams({
    site: page.site || "",
    queue: "pending",
    thread: page.thread || "",
    limit: `${MOST}`,
  });
  const { items } = await call("GET", `/queue?${query}`).catch(() => ({ items: [] }));
  const left = items.filter((/** @type {any} */ each) => !place(each.id));
  const words = items.length && !left.length ? "" : say("wait_here", { count: left.length });
  const there = $("#desk > span");
  if (!there || there.textContent === words) return;
  there.replaceChildren(
    left.length ? html`<button type="button" class="link" data-action="show-waiting">${words}</button>` : words,
  );
  waiting = left.map((/** @type {any} */ each) => each.id);
}
/** @type {string[]} */
let waiting = [];

// --- one comment --------------------------------------------------------------------------------------

/** A comment as it is now. @param {string} id @returns {Promise<any>} */
const find = (id) => call("GET", `/comments/${id}?include=html&locale=${page.locale}`);

/** Show a comment in its place, marked if it is not public. @param {any} found @returns {any} its node */
function draw(found) {
  const { id } = found;
  const fresh = /** @type {any} */ (served(found.html).firstElementChild);
  const article = $("article", fresh);
  let node = place(id);
  if (node) $("article", node).replaceWith(article);
  else {
    node = fresh;
    if (!put(node, found.parent_id)) put(node);
  }
  for (const each of ["pending", "rejected"]) node.classList.toggle(each, found.status === each);
  if (found.status !== "published") {
    for (const each of $$("[data-action=like],[data-action=reply],.kinds,.react", article)) each.remove();
    article.prepend(html`<div class="own ruled"><b>${say(`is.${found.status}`)}</b></div>`);
  }
  tellTimes();
  return node;
}

/** The phrase for an action: approving a published comment is "keep". @param {any} card @param {string} action */
const wordFor = (card, action) => (action === "approve" && card.status === "published" ? "keep" : action);

/** @param {any} card @param {string} action */
const press = (card, action) =>
  html`<button type="button" class="plain" data-decide="${action}">${say(wordFor(card, action))}</button>`;

/** Readers' reports of a comment, by reason: how many, and their notes.
 * @param {any[]} flags */
function reports(flags) {
  const byReaders = flags.filter(({ rule }) => !rule);
  return [...new Set(byReaders.map(({ title }) => title))].map((reason) => {
    const same = byReaders.filter(({ title }) => title === reason);
    const notes = same.filter(({ note }) => note).map(({ note }) => html`<q dir="auto">${note}</q>`);
    return html`<p>${say("reported", { count: same.length, reason })}${notes.flatMap((each) => [" ", each])}</p>`;
  });
}

/** @type {Promise<any> | null} the site's reasons, fetched once */
let asked = null;

const reasons = () =>
  (asked ??= call("GET", `/queue/reasons?site=${page.site}&locale=${page.locale}`).catch((error) => {
    asked = null;
    throw error;
  }));

/** The panel with the actions for a comment, and why it needs review.
 * @param {any} card @param {any[]} listed @param {string} changed */
function panel(card, listed, changed) {
  const out = card.status !== "published";
  const can = [
    ...(out || !card.reviewed || card.flag_count ? ["approve"] : []),
    ...(card.status === "rejected" ? [] : ["reject"]),
    ...(out ? [] : [card.featured ? "unfeature" : "feature", card.pinned ? "unpin" : "pin"]),
  ];
  const why = [changed, ...card.why.map((/** @type {any} */ each) => each.sentence)];
  const lines = [...why.filter(Boolean).map((each) => html`<p>${each}</p>`), ...reports(card.flags)];
  const radios = listed.map(
    ({ code, title }) => html`<label><input type="radio" name="why" value="${code}" required>${title}</label>`,
  );
  return html`
    <form class="panel deciding" novalidate>${lines}
      <p class="acts">${can.map((each) => press(card, each))}
        <a class="link" href="../dashboard/comments/${card.id}" target="_blank" rel="noopener">${say("in_dashboard")}</a></p>
      <div hidden>
        <fieldset><legend><strong>${say("reject_why")}</strong></legend><div class="why">${radios}</div></fieldset>
        <label>${say("reject_message")}<textarea maxlength="2000" rows="2" dir="auto"></textarea></label>
        <p class="end"><button type="button" class="plain" data-decide="">${say("cancel")}</button>
          <button class="do">${say("reject")}</button></p></div></form>`;
}

/** Decide, show the result, and offer to undo it.
 * @param {any} node @param {any} body @param {any} card */
async function decide(node, body, card) {
  const { id } = node.dataset;
  let made;
  try {
    made = await call("POST", `/comments/${id}/decisions`, body);
  } catch (error) {
    // Another moderator may have decided, or the author changed the text: reopening the panel shows the new state.
    return note(dotsOf(node), error, "failed.like");
  }
  await told(id, say(`done.${wordFor(card, body.action)}`), made);
  count();
}

/** Show what was decided at the comment, which gets shorter without its panel.
 * @param {string} id @param {string} words @param {any} [made] a decision that can be undone */
async function told(id, words, made) {
  const found = await find(id);
  const line = html`<p class="ruling"><span>${words}</span></p>`;
  const left = made?.undo_until ? +new Date(made.undo_until) - Date.now() : 0;
  if (left > 0) {
    line.append(
      " ",
      html`<button type="button" class="link" data-action="take-back" data-decision="${made.id}">${say("undo")}</button>`,
    );
    setTimeout(() => {
      line.style.minHeight = `${line.offsetHeight}px`; // where it had two lines, nothing moves
      $("[data-action=take-back]", line)?.remove();
    }, left);
  }
  await hold(() => {
    const node = draw(found);
    $("article", node).append(line);
    ($("button", line) || dotsOf(node)).focus({ preventScroll: true });
  });
  announce(words);
  showUnlessSeen(line);
}

/** A text's markup as it is stored: mentions are not buttons, and blocks have no direction. @param {any} text */
function stored(text) {
  const copy = text.cloneNode(true);
  for (const each of $$("[data-by]", copy))
    each.replaceWith(html`<bdi data-person="${each.dataset.by}">${each.textContent}</bdi>`);
  for (const each of $$("[dir]", copy)) each.removeAttribute("dir");
  return copy.innerHTML;
}

Object.assign(given.actions, {
  moderate: async (/** @type {any} */ button) => {
    const node = button.closest(".c");
    let card;
    let given;
    try {
      [card, given] = await Promise.all([
        call("GET", `/comments/${idOf(button)}/card?locale=${page.locale}`),
        reasons(),
      ]);
    } catch (error) {
      return note(button, error, "failed.read");
    }
    // Moderators decide on what they see: show a changed text first.
    const text = $("article > .text", node);
    const now = html`<div>${served(card.html)}</div>`;
    const changed = text && stored(text) !== now.innerHTML;
    if (changed) text.replaceChildren(...now.childNodes);
    $("article > .ruling", node)?.remove();
    const form = panel(card, given.items, changed ? say("changed") : "");
    below(button, () => form);
    const seen_version = card.version;
    form.onclick = (/** @type {any} */ event) => {
      const action = event.target.closest("[data-decide]")?.dataset.decide;
      if (action === undefined) return;
      const picker = $(":scope > div", form);
      if (action && action !== "reject") return decide(node, { action, seen_version }, card);
      picker.hidden = !action;
      $(action ? "input" : "[data-decide=reject]", form).focus({ preventScroll: true });
    };
    form.onsubmit = (/** @type {Event} */ event) => {
      event.preventDefault();
      if (!isComplete(form)) return;
      decide(
        node,
        {
          action: "reject",
          reason: form.why.value,
          message: $("textarea", form).value || null,
          seen_version,
        },
        card,
      );
    };
  },

  "take-back": async (/** @type {any} */ button) => {
    const id = idOf(button);
    try {
      await call("POST", `/decisions/${button.dataset.decision}/undo`);
      await told(id, say("undone"));
      count();
    } catch (error) {
      note(button, error, "failed.like"); // the button stays
    }
  },

  "show-waiting": async () => {
    const drawn = new Set();
    for (const id of waiting.reverse()) drawn.add(await find(id).then(draw, () => null));
    await count();
    const first = $$(".list .c").find((each) => drawn.has(each));
    if (!first) return;
    first.tabIndex = -1;
    first.focus({ preventScroll: true });
    showUnlessSeen($("article", first));
    drawn.delete(null);
    announce(say("shown", { count: drawn.size }));
  },

  closing: async (/** @type {any} */ button) => {
    const form = $("#write");
    const closed = !!form && !form.hidden;
    try {
      await call("PATCH", `/threads/${page.thread}`, { closed });
    } catch (error) {
      return note(button, error, "failed.like");
    }
    if (!form) return location.reload();
    form.hidden = closed;
    if (closed) page.shut = "closed";
    else delete page.shut;
    $("#shut")?.remove();
    if (closed) form.after(html`<p class="note" id="shut">${say("thread_closed")}</p>`);
    button.remove();
    showClosing();
    $("#desk [data-action=closing]").focus();
    announce(say(closed ? "thread_closed" : "thread_opened"));
  },
});
