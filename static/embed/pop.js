// The sign-in window: where a frame can hear it, it says that it is open and when it is done. No secret
// is in it, and nothing depends on it: a page's Cross-Origin-Opener-Policy may have cut the two apart.
// @ts-check
const { nonce, state } = document.body.dataset;
const OFFERED = "commentsvc.passkey_offered";

/** Whether this browser makes passkeys by itself, and has not been offered one here before. */
async function isNew() {
  try {
    if (localStorage.getItem(OFFERED)) return false;
    if (!(await PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable())) return false;
    localStorage.setItem(OFFERED, "1");
    return true;
  } catch {
    return false; // a browser without passkeys, or without storage to remember in
  }
}

/** @param {string | undefined} now */
function tell(now) {
  window.opener?.postMessage({ nonce, state: now }, location.origin);
  if (now === "done") setTimeout(() => window.close(), 800);
}

/** Offer a passkey, or else be done. */
async function settle() {
  const fresh = await isNew();
  document.querySelector("#offer")?.toggleAttribute("hidden", !fresh);
  document.querySelector("#close")?.toggleAttribute("hidden", fresh);
  tell(fresh ? "offer" : "done");
}

if (document.querySelector("#offer")) settle();
else tell(state);

for (const button of document.querySelectorAll("[data-close]")) button.addEventListener("click", () => window.close());
