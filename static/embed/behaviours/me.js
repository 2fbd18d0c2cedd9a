// What concerns this reader: who they are, their own comments and likes.
// @ts-check
import { $, $$, box, page, place, put, tellTimes } from "../lib/dom.js";
import { html, served } from "../lib/html.js";
import { barred, call, changes, isMember, isSomebody } from "../lib/http.js";
import { emit, tell } from "../lib/host.js";
import { tellPart } from "../lib/parts.js";
import { keep, kept } from "../lib/store.js";
import { say } from "../lib/words.js";
import { markBegun } from "./draft.js";
import { whole } from "./thread.js";

/** @type {Map<Element, () => void>} */
const watching = new Map();

export const me = {
  name: "",
  /** Call when the reader changes. @param {Element} node @param {() => void} call */
  watch(node, call) {
    for (const each of watching.keys()) if (!each.isConnected) watching.delete(each);
    watching.set(node, call);
  },
};

/** Own comments that are already shown, but that the server will count as new. */
export const tally = { known: 0 };

/** Update the number of comments: in the heading, in the frame's title and for the page.
 * @param {number | string} count */
export function total(count) {
  if (page.total !== `${count}`) emit("comment.count", { count: +count });
  page.total = `${count}`;
  const words = say("comments", { count: +count });
  $("#count").textContent = words;
  document.title = document.title.replace(/^.*?(?= · |$)/, words);
  tell({ title: document.title });
}

/** One of the reader's comments became public, or stopped being public. @param {number} change 1 or -1 */
export function countOwn(change) {
  tally.known = Math.max(0, tally.known + change);
  total(Math.max(0, +(page.total || 0) + change));
}

/** The current response of /me. @returns {Promise<any>} */
async function ask() {
  const { done } = changes;
  const where = page.thread ? `thread=${page.thread}` : page.where;
  const query = `site=${page.site}&${where}&locale=${page.locale}&include=html`;
  const found = await call("GET", `/me?${query}`);
  // the response may lack a like or an acknowledged warning sent during the request
  return done === changes.done ? found : ask();
}

/** Fetch who the reader is and what is theirs. Sends no request for readers who never wrote. */
export async function refresh() {
  markBegun();
  tellPart("long", $("[data-long]"), 0);
  for (const each of $$("pre")) if (each.scrollWidth > each.clientWidth) each.tabIndex = 0;
  if (kept("muted")) tellPart("mine", true, { own: [] });
  if (isSomebody()) {
    try {
      const found = await ask();
      me.name = found.user?.name || "";
      found.own.forEach(showOwn);
      for (const id of found.liked) setLiked(id, true);
      const judged = found.own.some((/** @type {any} */ own) => own.appeal || own.can_appeal);
      found.sanction ||= barred();
      bar(found);
      const told = found.warning || judged || found.muted[0] || found.sanction || found.sanction_appeal;
      await tellPart("mine", told, found);
      await tellPart("reacting", page.kinds, found);
      await tellPart("bell", found.user, found);
      await tellPart("staff", found.can.includes("moderate"), found);
    } catch (error) {
      const { status, sanction, over } = /** @type {any} */ (error);
      if (sanction) {
        bar({ sanction });
        await tellPart("mine", true, { sanction, own: [] });
      } else if (status === 401 && !isMember() && !over) keep("guest", null);
    }
  } else bar({});
  showWho();
}

/** Offer nothing that would be refused, and say why. A part (mine) shows sanctions.
 * @param {any} found what /me says */
export function bar({ sanction, refused, form }) {
  page.form = form || "";
  const why = sanction ? "sanction" : refused?.code === "network_blocked" && refused.code;
  if (why) page.barred = why;
  else delete page.barred;
  $("#barred")?.remove();
  if (why && !sanction) $(".top").after(html`<p class="note" id="barred">${refused.detail}</p>`);
  const all = ":is([data-action=like],.kinds button)";
  // one long selector for both takes long where there are thousands
  const few = () => [...$$(".c[data-own]").flatMap((each) => $$(all, each)), ...$$(`button[aria-disabled=true]${all}`)];
  for (const each of page.barred ? $$(all) : few()) {
    const off = `${isOff(each)}`;
    // to write what is there already takes longer than to look
    if (each.ariaDisabled !== off) each.ariaDisabled = off;
  }
}

/** Whether this reader cannot like that, and sees only the count. @param {any} button */
export const isOff = (button) =>
  !!(page.barred === "sanction" || (page.barred && button.ariaPressed !== "true") || button.closest(".c")?.dataset.own);

/** Handle an error that may say why something that was offered is not allowed. @param {any} error */
export async function heed({ code }) {
  if (code !== "network_blocked") return;
  await mayWrite();
  showWho();
}

/** Check whether this reader can write at all. A failure is ignored. */
export async function mayWrite() {
  bar(await call("GET", `/me?site=${page.site}&locale=${page.locale}`).catch(() => ({})));
}

const narrow = matchMedia("(max-width: 30rem)");
narrow.onchange = () => $("#me.known") && showWho();

export function showWho() {
  const signed = isMember() && me.name;
  box.classList.toggle("member", !!signed);
  $("#me").className = "known";
  $("#me").replaceChildren(
    signed && narrow.matches
      ? // more would need a line of its own, which would push the comments down
        html`<details class="dots"><summary data-action="menu"><i aria-hidden="true">▾ </i><bdi>${me.name}</bdi></summary></details>`
      : signed
        ? html`<bdi>${me.name}</bdi> · <a href="../account/" target="_blank">${say("account")}</a> ·${" "}
          <button type="button" class="link" data-action="sign-out">${say("sign_out")}</button>`
        : html`<button type="button" class="link" data-action="sign-in">${say("sign_in")}</button>`,
  );
  for (const call of watching.values()) call();
}

/** Put one of the reader's comments in its place, with its status.
 * @param {any} own an item of /me, or the answer to a post */
export function showOwn(own) {
  const seen = place(own.id);
  const changed = own.fresh || own.status !== "published" || seen?.matches(".pending,.rejected");
  let node = seen;
  if (seen && $("form", seen) && !own.fresh) return;
  if (own.html && (!seen || changed)) {
    node = served(own.html).firstElementChild;
    whole(node);
    const replies = seen && $(":scope > .replies", seen);
    if (replies) {
      $(":scope > .replies", node)?.remove();
      node.append(replies);
    }
    if (seen) seen.replaceWith(node);
    else if (!put(node, own.parent_id)) return;
    const was = !!seen && !seen.matches(".pending,.rejected,.gap");
    const is = own.status === "published";
    if ((seen || own.fresh) && was !== is) countOwn(is ? 1 : -1);
  }
  if (!node || node.classList.contains("gap")) return;
  $("#empty")?.remove();
  const word = { pending: "waiting", rejected: "rejected" }[/** @type {string} */ (own.status)];
  if (word) {
    const lines = [...(own.reasons || []), own.message].filter(Boolean);
    if (word === "rejected") lines.push(say(own.automated ? "by_rules" : "by_person"));
    node.classList.add(own.status);
    $("article", node).prepend(
      html`<div class="own"><b>${say(word)}</b>${lines.map((each) => html`<span>${each}</span>`)}</div>`,
    );
  }
  ownButtons(node, own);
  tellTimes();
  return node;
}

/** Authors can't like their own comments, but can edit them; the button says for how long. The rest is in the menu.
 * @param {any} node @param {any} own */
function ownButtons(node, own) {
  const footer = $("article > footer", node);
  node.dataset.own = own.status;
  if (!$("article > header > .you", node)) $(".by", node).after(html`<span class="you">${say("you")}</span>`);
  if (own.status !== "published") $("[data-action=reply]", footer)?.remove();
  const until = own.can_edit_until;
  const left = until ? +new Date(until) - Date.now() : 0;
  if (left <= 0) return;
  if (left < 2 ** 31) setTimeout(() => $("[data-action=edit]", footer)?.remove(), left);
  if (!$("[data-action=edit]", footer))
    $("details", footer).before(
      html`<button type="button" data-action="edit">${say("edit")} <span data-until="${until}"></span></button>`,
    );
}

/** @param {string} id @param {boolean} liked @param {number} [count] */
export function setLiked(id, liked, count) {
  const node = place(id);
  const button = node && $("article [data-action=like]", node);
  if (!button) return;
  button.setAttribute("aria-pressed", liked);
  if (count !== undefined) $("b", button).textContent = count || "";
}
