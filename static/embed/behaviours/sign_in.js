// Signing in: a first-party window hands this frame a one-time code, never a token.
// @ts-check
import { $, announce, page } from "../lib/dom.js";
import { html } from "../lib/html.js";
import { call, newKey, signedIn } from "../lib/http.js";
import { kept } from "../lib/store.js";
import { say } from "../lib/words.js";
import { forget, me, refresh } from "./me.js";
import { reason } from "./sending.js";

let nonce = "";

/** @param {string} text @param {string} [address] */
function notice(text, address) {
  $("#me .tell")?.remove();
  const link = address && html` <a href="${address}" target="_blank" rel="opener">${say("pop_open")}</a>`;
  $("#me").append(html`<span class="tell" role="alert"> ${text}${link}</span>`);
}

addEventListener("message", async (event) => {
  const said = event.data || {};
  // Our own window, answering the question that this frame has asked and nobody else knows.
  if (event.origin !== location.origin || !nonce || said.nonce !== nonce) return;
  nonce = "";
  try {
    signedIn(await call("POST", "/sign-in/exchange", { code: said.code, nonce: said.nonce, site: page.site }));
    await refresh();
    announce(say("signed_in", { name: me.name }));
  } catch (error) {
    notice(reason(error));
  }
});

export const signing = {
  "sign-in": () => {
    nonce = newKey();
    const query = new URLSearchParams({ site: page.site || "", nonce, locale: page.locale || "" });
    const address = `/embed/sign-in?${query}`;
    const pop = window.open(address, "_blank", "popup,width=440,height=640");
    if (!pop) return notice(say("pop_blocked"), address);
    const asked = nonce;
    const looking = setInterval(() => {
      if (!pop.closed) return;
      clearInterval(looking);
      setTimeout(() => nonce === asked && notice(say("pop_shut")), 1000);
    }, 500);
  },

  "sign-out": async () => {
    await call("POST", "/sign-in/out", { refresh_token: kept("refresh") }).catch(() => {});
    forget();
  },
};
