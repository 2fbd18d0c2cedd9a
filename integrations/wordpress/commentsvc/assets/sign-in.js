// Tells the box who is signed in to WordPress, and signs out there too.
(() => {
  const here = document.getElementById("commentsvc-sign-in-js");
  const loader = document.getElementById("commentsvc-js");
  const signedIn = () => /(^|; )commentsvc_signed_in=1/.test(document.cookie);

  async function token() {
    if (!signedIn()) return "";
    const answer = await fetch(here.dataset.tokenUrl, { cache: "no-store", credentials: "same-origin" });
    if (!answer.ok) throw new Error(`WordPress answered ${answer.status}`);
    return answer.text();
  }

  /** WordPress asks once more before it signs anybody out. */
  function signOut() {
    if (!signedIn()) return;
    const address = new URL(here.dataset.signOutUrl, location.href);
    address.searchParams.set("action", "logout");
    address.searchParams.set("redirect_to", location.href);
    location.assign(address);
  }

  function start() {
    window.commentsvc.signIn(token);
    window.commentsvc.on("sign-out", signOut);
  }

  if (window.commentsvc) start();
  else if (loader) loader.addEventListener("load", start);
})();
