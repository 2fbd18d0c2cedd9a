// What a reader would do where a state needs one. The demo's pages and the box have one origin, so that this can
// type into its frame; on a site's own pages nothing could.
const HOLD = 8000; // milliseconds: the loader gives up two seconds later

/** Keep the box that loads loading. */
const loading = document.querySelector("#skeleton .commentsvc");
if (loading) setInterval(() => window.commentsvc?.mount(loading), HOLD);

/** Let the frame without scripts, which cannot say how tall it is, be as tall as its page. */
const silent = document.querySelector("#noscript iframe");
if (silent) {
  addEventListener("resize", fit);
  silent.addEventListener("load", fit);
  fit();
}

function fit() {
  const inside = silent.contentDocument;
  if (!inside?.querySelector("main")) return; // it has not come
  silent.style.height = "0"; // as tall as its content, not as the frame was
  silent.style.height = `${inside.documentElement.scrollHeight}px`;
}

/** Write a comment that cannot be sent. */
const offline = document.querySelector("#offline .commentsvc");
const written = "I wrote this on the ferry, somewhere between the two piers, where there is no network.";
let tries = 60;
const timer = offline && setInterval(write, 500);

function write() {
  const box = offline.querySelector("iframe")?.contentDocument;
  const form = box?.querySelector("html.embedded #write");
  if (!--tries) return clearInterval(timer);
  if (!form) return;
  const field = form.querySelector("textarea");
  const name = form.querySelector("label input");
  field.dispatchEvent(new Event("focusin", { bubbles: true }));
  if (!name) return; // the form comes after that
  for (const [node, text] of [
    [field, written],
    [name, "Old Salt"],
  ]) {
    node.value = text;
    node.dispatchEvent(new Event("input", { bubbles: true }));
  }
  form.querySelector(".go").click();
  clearInterval(timer);
}
