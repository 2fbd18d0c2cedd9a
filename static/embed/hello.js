// The frame's first message: that it is ours, how tall it is, and whether it is a refusal. This script is inline,
// so the loader is notified at once, and comments are shown even if frame.js fails. Presses wait for frame.js.
// Keep this short: every response contains it.
// @ts-check
{
  const root = document.documentElement;
  const refused = root.dataset.refused;
  /** @type {any[]} */
  const early = [];
  /** @type {any} */ (window).early = early;
  // A refusal contains nothing private: it is also sent to pages without an origin.
  const origin = refused ? "*" : /^#(https?:\/\/[^|]+)/.exec(decodeURIComponent(location.hash))?.[1];

  /** @param {any} [message] */
  const tell = (message = {}) => {
    message.height = document.body.offsetHeight;
    if (origin && parent !== window) parent.postMessage(message, origin);
  };
  tell({ here: true, refused: refused });
  new ResizeObserver(() => tell()).observe(document.body);
  // The page's own sheet may have been late, or somebody presses its theme button: also where the script is lost.
  addEventListener("message", ({ source, data }) => {
    if (source !== parent || !/^(dark|light)$/.test(data?.scheme)) return;
    root.dataset.scheme = data.scheme;
    root.classList.toggle("apart", !!data.ground);
  });

  /** Whether frame.js has loaded or failed. */
  const decided = () => root.matches(".embedded, .alone, .lost");

  const lost = () => {
    const note = document.getElementById("lost");
    if (!note || decided()) return;
    root.classList.add("lost");
    note.hidden = false;
    // without the script, pressing a name does nothing
    for (const name of document.querySelectorAll(".by button")) name.replaceWith(...name.childNodes);
    // pages that links lead to must also be able to notify the loader
    for (const link of document.links) if (!link.target && !link.hash) link.hash = location.hash;
    for (const node of early) {
      node.classList.remove("busy");
      if (node.href || node.tagName === "SUMMARY") node.click();
    }
  };
  // Scripts wait until the comments are painted, or for a second if they are not visible.
  let painted = 0;
  const more = () => {
    if (painted++) return;
    tell({ painted: true });
    const later = /** @type {any} */ (document.getElementById("later"));
    if (!later) return;
    const script = later.content.querySelector("script");
    script.onload = script.onerror = lost;
    later.replaceWith(later.content);
  };
  new PerformanceObserver(more).observe({ type: "paint", buffered: true });
  addEventListener("load", () => {
    tell();
    setTimeout(more, 1000);
  });
  setTimeout(lost, 8000);

  // Remember presses until frame.js has loaded and handles them. If it fails, links are followed.
  addEventListener("click", (event) => {
    const pressed = /** @type {any} */ (event.target);
    if (pressed.closest("#lost button")) location.reload();
    const node = pressed.closest("[data-action]");
    if (!node || decided() || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (!early.includes(node)) early.push(node);
    node.classList.add("busy");
  });
  // Mark text typed before the form's script has loaded; it is added to the draft (parts/composer.js).
  addEventListener("input", (event) => {
    const area = /** @type {any} */ (event.target);
    if (!area.closest(".open")) area.dataset.early = "";
  });
}
