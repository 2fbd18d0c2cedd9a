// The sign-in window's last word: the code goes to the frame that opened it, and to no other origin.
// @ts-check
const done = /** @type {HTMLElement} */ (document.getElementById("done"));
const { code, nonce } = done.dataset;
if (window.opener) {
  window.opener.postMessage({ code, nonce }, location.origin);
  setTimeout(() => window.close(), 400);
} else {
  /** @type {HTMLElement} */ (document.getElementById("lost")).hidden = false;
  /** @type {HTMLElement} */ (document.getElementById("close")).hidden = true;
}
