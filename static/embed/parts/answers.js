// Emails about replies, for guests: requested after posting, confirmed by a link, stopped and forgotten here.
// @ts-check
import { $, announce, page } from "../lib/dom.js";
import { html } from "../lib/html.js";
import { call, isMember } from "../lib/http.js";
import { keep, kept } from "../lib/store.js";
import { say } from "../lib/words.js";
import { reason } from "../lib/reason.js";

/** The state of the reader's email address: none, asked, confirmed. @type {string | undefined} */
let state;
/** The offer, until it is accepted or declined: its comment may be undone, or drawn anew. @type {any} */
let panel;

/** Handle the response of /me, or a comment that was posted or edited. @param {any} found */
export function meetGuest(found) {
  if (found.node) offer(found.node, found.isNew);
  else {
    state = found.replies_email;
    showState();
  }
}

const LEFT = 30 * 864e5;

/** Offer emails below the comment that was just posted, once all can see it: nobody replies before. Whoever passes the
 * offer over is left alone for a while. @param {any} node @param {boolean} [isNew] it was posted, not edited */
function offer(node, isNew) {
  const guest = isNew && !isMember() && kept("guest");
  // a member who has left earlier ones to the guest is asked about this one (claim.js)
  if (guest?.no) keep("guest", { token: guest.token });
  const until = kept("no_replies_email");
  const isLeft = !panel && (!isNew || until === true || until > Date.now());
  if (isMember() || (state || "none") !== "none" || isLeft || node.matches(".pending,.rejected") || $("#replies-email"))
    return;
  panel ||= draw();
  $("article", node).append(panel);
  $("[type=email]", panel).oninput();
}

function draw() {
  const field = html`<input type="email" required maxlength="254" autocomplete="email">`;
  const form = html`
    <form><label><strong>${say("ask")}</strong>${field}</label><p>${say("ask_hint")}</p>
      <p class="end"><button type="button" class="plain">${say("ask_no")}</button>
        <button class="do">${say("ask_send")}</button></p></form>`;
  // not removed by what else opens at the comment, which hides it (bell.css)
  const node = html`<div class="offer panel" id="replies-email">${form}</div>`;
  field.setAttribute("aria-label", say("ask_email"));
  field.placeholder = say("ask_email");
  // on no other page either, unless an address was begun
  field.oninput = () => keep("no_replies_email", field.value ? null : Date.now() + LEFT);
  $("[type=button]", form).onclick = () => {
    keep("no_replies_email", true); // do not offer it again
    const comment = node.closest(".c");
    node.remove();
    panel = null;
    ($("article > footer summary", comment) || comment).focus();
  };
  form.onsubmit = async (/** @type {Event} */ event) => {
    event.preventDefault();
    const send = $(".do", form);
    send.disabled = true;
    $(".tell", form)?.remove();
    try {
      const sent = { site: page.site, email: field.value, locale: page.locale };
      state = (await call("PUT", "/me/replies-email", sent)).replies_email;
      const words = say(state === "asked" ? "ask_sent" : "ask_on");
      node.replaceWith(told(words));
      panel = null;
      announce(words);
    } catch (error) {
      send.disabled = false;
      form.append(html`<p class="tell bad" role="alert">${reason(error)}</p>`);
    }
  };
  return node;
}

/** @param {string} words */
function told(words) {
  const node = html`
    <p class="follow" id="replies-email"><span>${words}</span><button type="button" class="link">${say("ask_remove")}</button></p>`;
  $("button", node).onclick = async (/** @type {any} */ event) => {
    try {
      await call("DELETE", "/me/replies-email");
      state = "none";
      node.replaceChildren(html`<span>${say("ask_removed")}</span>`);
      announce(say("ask_removed"));
    } catch (error) {
      event.target.after(html`<span class="tell bad" role="alert">${reason(error)}</span>`);
    }
  };
  return node;
}

/** Show that emails are on or not yet confirmed, and how to stop them. */
function showState() {
  if (!state || state === "none" || $("#replies-email")) return;
  $("#list").before(told(say(state === "asked" ? "ask_sent" : "ask_on")));
}
