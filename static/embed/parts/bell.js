// The bell: the reader's notifications, in a list that is fetched when opened; and following the conversation.
// @ts-check
import { $, $$, announce, isComposing, page, tellTimes } from "../lib/dom.js";
import { html } from "../lib/html.js";
import { call, isMember } from "../lib/http.js";
import { given, part } from "../lib/parts.js";
import { kept } from "../lib/store.js";
import { say } from "../lib/words.js";
import { reason } from "../lib/reason.js";
import { me } from "../behaviours/me.js";
import { note } from "../behaviours/own.js";
import { meetGuest } from "./answers.js";
import { markNew } from "./visit.js";

let unread = 0;

/** Handle the response of /me. @param {any} found */
export function meet(found) {
  if (!isMember()) return meetGuest(found);
  if (!found.user) return;
  unread = found.unread;
  showBell();
  showFollow(found.follows);
  markNew();
  const guest = kept("guest");
  if (guest && guest.no !== found.user.id) part("sign_in").then((it) => it.meet({ wrote: found.user }), String);
}

me.watch($("#say"), () => {
  if (isMember() && me.name) {
    $(".offer")?.remove();
    return showBell();
  }
  for (const each of $$("#bell,#told,.follow:not(#replies-email)")) each.remove();
  for (const each of $$(".since")) each.classList.remove("since");
});

// --- the bell ---------------------------------------------------------------------------------------

function showBell() {
  const words = say("unread", { count: unread });
  const node = html`
    <button type="button" id="bell" data-action="bell" title="${words}" aria-label="${words}" aria-expanded="${`${!!$("#told")}`}">
      <svg viewBox="0 0 16 16" aria-hidden="true"><path d="M3 12V11l1-1.500V7a4 4 0 0 1 8 0v2.500l1 1.500v1zM6.500 14h3"/></svg>
      ${unread ? html`<b>${unread > 99 ? "99+" : unread}</b>` : ""}</button>`;
  const there = $("#bell");
  const next = $(".top > #me") || $(".top > .sort");
  if (!there) $(".top").insertBefore(node, next);
  else if (there.getAttribute("aria-label") !== words) {
    const had = there === document.activeElement;
    there.replaceWith(node);
    if (had) node.focus();
  } else if (next && there.nextElementSibling !== next) next.before(there); // it was moved, to where there is room
}

/** Close the list. @param {boolean} [back] whether to focus the bell */
function close(back) {
  $("#told")?.remove();
  $("#bell")?.setAttribute("aria-expanded", false);
  if (back) $("#bell")?.focus();
}

async function open() {
  const list = html`<ul></ul>`;
  const node = html`
    <section class="panel" id="told" tabindex="-1" aria-labelledby="told-by"><strong id="told-by">${say("heading")}</strong>${list}</section>`;
  node.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Escape" && !isComposing(event)) close(true);
  });
  $("#told")?.remove();
  $(".top").after(node);
  $("#bell").setAttribute("aria-expanded", true);
  node.focus({ preventScroll: true });
  await more(node, list, "");
}

/** Load the next notifications, below the others. @param {any} node @param {any} list @param {string} after */
async function more(node, list, after) {
  $(".tell", node)?.remove();
  try {
    const query = new URLSearchParams({ site: page.site || "", ...(after && { after }) });
    const found = await call("GET", `/notifications?${query}`);
    list.append(...found.items.map(line));
    if (!list.children.length) node.append(html`<p class="tell">${say("none")}</p>`);
    tellTimes();
    $(".end", node)?.remove();
    if (found.next) {
      const button = html`<button type="button" class="plain">${say("older")}</button>`;
      button.onclick = () => more(node, list, found.next);
      node.append(html`<p class="end">${button}</p>`);
    }
    if (!after && found.items.length) seen(found.items);
  } catch (error) {
    node.append(html`<p class="tell bad" role="alert">${reason(error, "failed.read")}</p>`);
  }
}

/** Mark all notifications as seen. @param {any[]} items */
async function seen(items) {
  if (!unread) return;
  await call("POST", "/notifications/read", { up_to: Math.max(...items.map(({ id }) => id)) });
  unread = 0;
  showBell();
}

/** One notification: what happened, where and when. @param {any} each */
function line(each) {
  const words = wordsOf(each);
  const link = html`<a target="_top">${words}</a>`;
  if (/^https?:/.test(each.link || "")) link.href = each.link;
  else link.href = "../account/";
  return html`
    <li class="${each.read ? "" : "unread"}">${link}
      <small><bdi>${each.thread_title || ""}</bdi>${each.thread_title ? " · " : ""}<time datetime="${each.at}"></time></small></li>`;
}

/** @param {any} each */
function wordsOf({ kind, by, count, outcome, reacted }) {
  const name = by || say("somebody");
  if (kind === "like") {
    const word = `told.${reacted ? "reaction" : "like"}`;
    return count > 1 ? say(`${word}s`, { name, count: count - 1 }) : say(word, { name });
  }
  const whole = outcome && ["flag", "appeal", "sanction"].includes(kind) ? `${kind}.${outcome}` : kind;
  return say(`told.${whole}`, { name, count });
}

// --- following --------------------------------------------------------------------------------------

/** @param {string | null} rhythm how often the reader is notified; null: not following */
function showFollow(rhythm) {
  const there = $(".follow:not(#since)");
  if (!page.thread || there?.dataset.rhythm === `${rhythm}`) return;
  const button = html`
    <button type="button" class="link" data-action="${rhythm ? "unfollow" : "follow"}">${say(rhythm ? "unfollow" : "follow")}</button>`;
  const node = html`<p class="follow" data-rhythm="${`${rhythm}`}">${rhythm ? choice(rhythm) : ""}${button}</p>`;
  if (there) there.replaceWith(node);
  else $(".foot").before(node); // it loads late: above the comments, it would push them down
}

/** @param {string} rhythm */
function choice(rhythm) {
  const options = ["now", "daily", "weekly", "never"].map(
    (each) => html`<option value="${each}">${say(`rhythm.${each}`)}</option>`,
  );
  const select = html`<select>${options}</select>`;
  select.value = rhythm;
  select.onchange = () => change(select, "PUT", select.value);
  return html`<label>${say("follows")}${" "}${select}</label>`;
}

/** @param {any} node what was used @param {string} method @param {string | null} rhythm */
async function change(node, method, rhythm) {
  try {
    await call(method, `/threads/${page.thread}/follow`, rhythm ? { rhythm } : undefined);
    const isChoice = node.matches("select");
    if (isChoice) node.closest(".follow").dataset.rhythm = rhythm;
    else showFollow(rhythm);
    announce(say(rhythm ? (isChoice ? "changed" : "followed") : "unfollowed"));
    if (!isChoice) $(".follow:not(#since) :is(select, button)").focus();
  } catch (error) {
    note(node, error, "failed.change");
  }
}

Object.assign(given.actions, {
  bell: () => ($("#told") ? close(true) : open()),
  follow: (/** @type {any} */ button) => change(button, "PUT", "daily"),
  unfollow: (/** @type {any} */ button) => change(button, "DELETE", null),
});
