// The sign-in window: tells the frame, if it can, that it is open and when it is done. These messages contain no
// secret, and nothing depends on them: a page's Cross-Origin-Opener-Policy may block them.
// @ts-check
import { offers } from "../dashboard/offer.js";

const { nonce, state, again } = document.body.dataset;

// What was sent is not sent again where the window is reloaded.
if (again) history.replaceState(null, "", again);

// What is wrong is replaced by typing.
/** @type {HTMLInputElement | null} */
const wrong = document.querySelector("[aria-invalid]");
wrong?.focus();
wrong?.select();

// An address that was typed goes along to another way to sign in, in this window alone.
/** @type {HTMLInputElement | null} */
const email = document.querySelector("[name=email]:not([type=hidden])");
try {
  if (email) email.value ||= sessionStorage.getItem("email") || "";
  sessionStorage.removeItem("email");
  for (const link of document.querySelectorAll(".or a"))
    link.addEventListener("click", () => email && sessionStorage.setItem("email", email.value));
} catch {
  // no storage: it is typed again
}

/** @param {string | undefined} now */
function tell(now) {
  window.opener?.postMessage({ nonce, state: now }, location.origin);
  if (now === "done") setTimeout(() => window.close(), 800);
}

/** Report "done", unless the window offers a passkey. */
async function settle() {
  const asks = await offers;
  document.querySelector("#close")?.toggleAttribute("hidden", asks);
  tell(asks ? "offer" : "done");
}

if (document.querySelector("#offer")) settle();
else tell(state);

for (const button of document.querySelectorAll("[data-close]")) button.addEventListener("click", () => window.close());
