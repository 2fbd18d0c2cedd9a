// Offers a passkey to somebody who has just signed in without one, in the sign-in window and on the account page, if
// this device can create passkeys; not again for weeks.
// @ts-check
const KEPT = "commentsvc.passkey_offered";
const PAUSE = 6 * 7 * 86_400_000; // milliseconds
const offer = document.querySelector("#offer");

/** Whether to offer one now; the offer is remembered. */
async function isDue() {
  try {
    if (Date.now() - Number(localStorage.getItem(KEPT)) < PAUSE) return false;
    if (!(await PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable())) return false;
    localStorage.setItem(KEPT, `${Date.now()}`);
    return true;
  } catch {
    return false; // a browser without passkeys, or without storage to remember in
  }
}

/** @returns {Promise<boolean>} */
async function show() {
  const due = offer !== null && !/^[\d.]+$|^\[/.test(location.hostname) && (await isDue());
  offer?.toggleAttribute("hidden", !due);
  return due;
}

/** Whether this page offers a passkey. */
export const offers = show();

document.querySelector("[data-later]")?.addEventListener("click", () => {
  offer?.toggleAttribute("hidden", true);
  document.querySelector("main")?.focus(); // the focused element is gone
});
