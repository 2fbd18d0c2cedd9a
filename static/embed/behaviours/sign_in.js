// Signing in. The press itself opens the window, because Safari opens none after a script has been fetched. A part
// (parts/sign_in.js) waits for the window: few readers need it.
// @ts-check
import { page } from "../lib/dom.js";
import { hex, newKey } from "../lib/http.js";
import { part } from "../lib/parts.js";
import { say } from "../lib/words.js";
import { note } from "./own.js";

/** A secret, and its hash, which the window gets. @type {{verifier: string, nonce: string} | null} */
let ready = null;

/** Prepare a secret for the next press. Without TLS, browsers have no hash function, and the part hashes later. */
async function arm() {
  const verifier = newKey() + newKey();
  const hash = await crypto.subtle?.digest("SHA-256", new TextEncoder().encode(verifier));
  ready = hash && { verifier, nonce: hex(hash) };
}

const home = location.href;

/** Change this page's address, while the window opens, to one that no page has: the referrer tells the window that
 * a frame opened it, and not a link. @param {string} address */
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

/** Selectors of buttons, and the part that each needs. */
const PARTS = [
  ["[data-action=sign-in],main:not([data-likes]) :is([data-action=like],.kinds button)", "sign_in"],
  ["#write,[data-action=reply]", "writing"],
  ["[data-action=menu]", "menu"],
  ["[data-action=person]", "person"],
  [".kinds,.react", "reacting"],
];

/** Fetch a part before the press. @param {Event} event */
export function prepare({ target }) {
  for (const [css, name] of PARTS)
    if (/** @type {Element} */ (target).closest(css)) {
      part(name).catch(String);
      if (name === "sign_in") arm();
    }
}
