// The entry point of the part for signing in: it polls until somebody has signed in in the window. The page's
// Cross-Origin-Opener-Policy may separate the two, so they need no messages: the window gets the hash of a secret,
// and this frame sends the secret to fetch the tokens.
// @ts-check
import { $, announce, page } from "../lib/dom.js";
import { html } from "../lib/html.js";
import { emit } from "../lib/host.js";
import { call, isMember, newKey, signedIn } from "../lib/http.js";
import { given } from "../lib/parts.js";
import { keep, kept } from "../lib/store.js";
import { say } from "../lib/words.js";
import { bar, me, refresh, showWho } from "../behaviours/me.js";
import { reason } from "../lib/reason.js";
import { bear, openWindow } from "../behaviours/sign_in.js";
import { disown, offerClaim } from "./claim.js";
import { sha256 } from "./sha256.js";

/** `stays`: the window closes itself. `near`: the window has sent a message, so `closed` can be trusted.
 * @typedef {{verifier: string, nonce: string, address: string, until: number, pop: Window | null, near: boolean, stays: boolean, wake: () => void}} Ask */

const PATIENCE = 600_000;
/** @type {Ask | null} */
let ask = null;

/** Sign out; the page is notified if a button was pressed. @param {any} [button] */
given.actions["sign-out"] = async (button) => {
  await call("POST", "/sign-in/out", { refresh_token: kept("refresh") }).catch(() => {});
  keep("by_site", null);
  leave();
  if (button) emit("sign-out", {});
};

function leave() {
  clearTimeout(renewal);
  vouched = "";
  signedIn(null);
  me.name = "";
  disown();
  bar({});
  showWho();
  if (kept("guest")) refresh(); // whose comments were here before
  announce(say("signed_out"));
}

/** Another box or tab of this site has signed in or out, or its reader has said whose the guest's
 * comments are. @param {boolean} moved */
async function heard(moved) {
  const token = kept("refresh");
  const there = kept("guest");
  if (!moved && (!$("#claim") || (there && !there.no))) return;
  signedIn(token && { refresh_token: token });
  if (!token) return vouched && kept("by_site") ? askAgain() : leave();
  if (vouched && kept("by_site")?.id === vouched && moved) return;
  ask?.pop?.close();
  ask = null;
  hush();
  disown();
  await refresh();
  if (moved) announce(say("signed_in", { name: me.name }));
}

/** Start a sign-in, when the reader presses or the page asks for it, or end one that the server has ended. If the page signs its readers in itself, ask it first.
 * @param {any} by @param {any} [opened] the window that the press opened */
export function meet(by, opened) {
  if (by.wrote) return offerClaim(by.wrote);
  if (by.over) return heard(by.over());
  if (typeof by.token === "string") return bySite(by);
  if (by.opens) return open(pressed);
  if (!page.signs) return open(by, opened);
  pressed = by;
  emit("sign-in", {});
}

/** The page's ID of the person it has vouched for in this frame. */
let vouched = "";
/** @type {any} */
let renewal = 0;
let life = 900; // lifetime of an access token in seconds

/** The unverified claims of a token: enough to decide whether to send it.
 * @param {string} token */
function claimsOf(token) {
  try {
    const disqus = token.indexOf(" ") > 0; // a message in Disqus's format: the person, and two more words
    const part = disqus ? token.split(" ")[0] : token.split(".")[1];
    const said = JSON.parse(atob(part.replace(/-/g, "+").replace(/_/g, "/")));
    const { user, iss, sub, name, email, picture } = disqus ? { user: said } : said;
    return { id: `${user ? user.id : sub}`, mark: sha256(JSON.stringify(user || [iss, sub, name, email, picture])) };
  } catch {
    return { id: "", mark: "" }; // not a token; the server reports why
  }
}

/** Sign in the person that the page vouches for; sign out if there is none, but was before.
 * @param {any} said `gives`: the page can be asked again, `again`: it was */
async function bySite({ token, gives, again }) {
  const { id, mark } = claimsOf(token);
  const before = kept("by_site") || {};
  const same = id && before.id === id && isMember();
  if (!same && (vouched || before.id)) await given.actions["sign-out"]();
  if (!token) return;
  if (same && before.mark === mark && !again) {
    vouched = id;
    // another box has signed the reader in after this one found nobody
    if (!me.name && $("#me").className) await refresh();
  } else await handIn({ id, mark }, token, again);
  if (!gives || !vouched) return;
  clearTimeout(renewal);
  renewal = setTimeout(askAgain, Math.max(1, life - 60) * 1000);
}

/** @param {{id: string, mark: string}} who @param {string} token @param {boolean} quiet */
async function handIn(who, token, quiet) {
  try {
    const refresh_token = kept("refresh");
    const tokens = await call("POST", "/sign-in/site", { token, site: page.site, refresh_token });
    life = tokens.expires_in;
    keep("by_site", who);
    vouched = who.id;
    if (quiet) signedIn(tokens);
    else await done(tokens);
  } catch (error) {
    if (quiet) return; // the current tokens last a while
    // A token may be valid only once: another box on this page may have used it.
    await new Promise((done) => setTimeout(done, 1000));
    if (kept("by_site")?.mark !== who.mark || !isMember()) return tell(reason(error));
    vouched = who.id;
    disown();
    await refresh();
  }
}

/** Ask the page for a new token before the sign-in expires, when the page is visible; repeat until it responds. */
function askAgain() {
  if (document.hidden) return addEventListener("visibilitychange", askAgain, { once: true });
  renewal = setTimeout(askAgain, 60_000);
  emit("sign-again", {});
}

// A person that the page vouches for has no password here: send the refresh token along.
$("#me").addEventListener("click", (/** @type {any} */ event) => {
  if (!vouched || !event.target.closest("a")) return;
  event.preventDefault();
  const form = html`<form method="post" action="../account/enter" target="_blank" hidden>
    <input name="refresh_token" value="${kept("refresh")}"></form>`;
  $("#me").append(form);
  form.submit();
  form.remove();
});

/** Open the window, unless the press has opened it. @param {any} button @param {any} [opened] */
function open(button, opened) {
  const verifier = newKey() + newKey();
  /** @type {Ask} */
  const mine = Object.assign(opened || openWindow({ verifier, nonce: sha256(verifier) }), {
    until: Date.now() + PATIENCE,
    near: false,
    stays: false,
    wake: () => {},
  });
  ask = mine;
  tell(say("waiting_window"), mine.address, button);
  wait(mine);
}

const own = location.href;
/** @type {any} */
let pressed = null;

/** The message overlays the content, so that nothing moves. */
const OVER = { position: "absolute", zIndex: 2, insetInline: 0, width: "fit-content", marginBlock: "0.3rem" };
const LOOKS = { marginInlineStart: "auto", background: "Canvas", boxShadow: "0 4px 18px #0003" };

function hush() {
  $("#asking")?.remove();
  document.body.style.minHeight = "";
}

/** Show a message at the button that was pressed, or where the last one was. One without actions disappears at the
 * next press.
 * @param {string} text @param {string} [address] @param {any} [button] */
function tell(text, address, button) {
  const link = html`<a href="${address}" target="_blank" rel="noopener">${say("pop_open")}</a>`;
  link.onclick = link.onauxclick = () => {
    bear(`asking-${ask?.nonce}`);
    setTimeout(bear, 0, own);
  };
  const stop = html`<button type="button" class="link">${say("cancel")}</button>`;
  stop.onclick = () => {
    ask = null;
    hush();
    pressed?.focus();
  };
  const more = address && [" ", link, " · ", stop];
  const node = html`
    <div class="panel tell" id="asking" role="${address ? "status" : "alert"}"><span>${text}${more}</span></div>`;
  Object.assign(node.style, OVER, LOOKS);
  const place = button?.closest(".send") || (!button && $("#asking")?.previousElementSibling) || $("#me").lastChild;
  hush();
  if (button) pressed = button;
  place.after(node);
  const { bottom } = node.getBoundingClientRect();
  if (bottom > document.body.offsetHeight) document.body.style.minHeight = `${Math.ceil(bottom + scrollY + 12)}px`;
  if (!address)
    for (const name of ["pointerdown", "keydown"]) addEventListener(name, () => node.remove(), { once: true });
}

/** Poll until somebody has signed in, ever more slowly, and at once when the reader comes back.
 * @param {Ask} mine */
async function wait(mine) {
  const { verifier, address } = mine;
  for (let pause = 1000; ask === mine; pause = Math.min(pause * 1.25, 5000)) {
    await new Promise((done) => {
      mine.wake = () => done(0);
      setTimeout(done, pause);
    });
    if (ask !== mine) return;
    if (Date.now() > mine.until) return end(say("pop_late"));
    if (document.hidden) continue;
    try {
      const found = await call("POST", "/sign-in/exchange", { verifier, site: page.site });
      if (found.access_token) {
        setTimeout(() => mine.stays || mine.pop?.close(), 5000); // it may still say "Check your email": a link was used
        return done(found);
      }
    } catch (error) {
      const { status, wait } = /** @type {any} */ (error);
      if (status && status < 500 && status !== 429) return end(reason(error));
      pause = Math.max(pause, wait * 1000);
    }
    if (mine.near && mine.pop?.closed) {
      mine.near = false;
      tell(say("pop_shut"), address);
    }
  }
}

/** @param {string} text */
function end(text) {
  ask = null;
  tell(text);
}

/** @param {any} tokens */
async function done(tokens) {
  ask = null;
  hush();
  signedIn(tokens);
  disown();
  await refresh();
  emit("identify", {});
  announce(say("signed_in", { name: me.name }));
}

addEventListener("message", (event) => {
  const said = event.data || {};
  if (event.origin !== location.origin || !ask || said.nonce !== ask.nonce) return;
  ask.near = true;
  if (said.state === "offer") ask.stays = true; // it has something to ask, and closes by itself
  if (/done|offer/.test(said.state)) ask.wake();
});
for (const name of ["focus", "visibilitychange"]) addEventListener(name, () => ask?.wake());
