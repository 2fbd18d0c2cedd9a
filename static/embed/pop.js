// The sign-in window: where a frame can hear it, it says that it is open and when it is done. No secret
// is in it, and nothing depends on it: a page's Cross-Origin-Opener-Policy may have cut the two apart.
// @ts-check
import { offers } from "../dashboard/offer.js";

const { nonce, state, again } = document.body.dataset;

// What was sent is not sent again where the window is reloaded.
if (again) history.replaceState(null, "", again);

/** @param {string | undefined} now */
function tell(now) {
  window.opener?.postMessage({ nonce, state: now }, location.origin);
  if (now === "done") setTimeout(() => window.close(), 800);
}

/** A window that may offer a passkey is done if it does not. */
async function settle() {
  const asks = await offers;
  document.querySelector("#close")?.toggleAttribute("hidden", asks);
  tell(asks ? "offer" : "done");
}

if (document.querySelector("#offer")) settle();
else tell(state);

for (const button of document.querySelectorAll("[data-close]")) button.addEventListener("click", () => window.close());
