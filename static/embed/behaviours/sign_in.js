// Signing in. The window opens in the press itself: Safari opens none once a script has been fetched. The wait
// for it is a part (parts/sign_in.js): few readers need it.
// @ts-check
import { page } from "../lib/dom.js";
import { hex, newKey } from "../lib/http.js";
import { part } from "../lib/parts.js";
import { say } from "../lib/words.js";
import { note } from "./own.js";

/** A secret, and its hash, which the window is told. @type {{verifier: string, nonce: string} | null} */
let ready = null;

/** A secret for the next press. On pages without TLS browsers hash nothing: there the part does it, later. */
async function arm() {
  const verifier = newKey() + newKey();
  const hash = await crypto.subtle?.digest("SHA-256", new TextEncoder().encode(verifier));
  ready = hash && { verifier, nonce: hex(hash) };
}

const home = location.href;

/** For the moment of opening this page bears an address that no page has: the window sees by it that a frame
 * opened it, and no link that somebody has written. @param {string} address */
export const bear = (address) => history.replaceState(null, "", address);

/** @param {any} ask a secret, which the window is added to */
export function openWindow(ask) {
  bear(`asking-${ask.nonce}`);
  ask.address = `sign-in?site=${page.site}&nonce=${ask.nonce}&locale=${page.locale}`;
  ask.pop = window.open(ask.address, "_blank", "width=440,height=640");
  bear(home);
  return ask;
}

export const signing = {
  "sign-in": (/** @type {any} */ button) => {
    const opened = ready && !page.signs && openWindow(ready);
    ready = null;
    part("sign_in").then(
      (it) => it.meet(button, opened),
      () => {
        opened?.pop?.close();
        note(button, say("failed"));
      },
    );
  },
};

/** What is about to be pressed, and what that needs. */
const PARTS = [
  ["[data-action=sign-in],main:not([data-likes]) :is([data-action=like],.kinds button)", "sign_in"],
  ["#write,[data-action=reply]", "writing"],
  ["[data-action=menu]", "menu"],
  [".kinds,.react", "reacting"],
];

/** Parts are fetched before the press. @param {Event} event */
export function prepare({ target }) {
  for (const [css, name] of PARTS)
    if (/** @type {Element} */ (target).closest(css)) {
      part(name).catch(String);
      if (name === "sign_in") arm();
    }
}
