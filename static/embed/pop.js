// The sign-in window: where a frame can hear it, it says that it is open and when it is done. No secret
// is in it, and nothing depends on it: a page's Cross-Origin-Opener-Policy may have cut the two apart.
// @ts-check
const { nonce, state } = document.body.dataset;
window.opener?.postMessage({ nonce, state }, location.origin);
if (state === "done") setTimeout(() => window.close(), 800);
