// The frame's first words: that it is ours, how tall it is, and whether it is a refusal. The page contains
// them, so the loader hears at once, and a script that is lost hides no comment. What is pressed before the
// script is there waits for it: every response pays for a line here.
// @ts-check
{
  const root = document.documentElement;
  const refused = root.dataset.refused;
  /** @type {any[]} */
  const early = [];
  /** @type {any} */ (window).early = early;
  let origin = decodeURIComponent(location.hash.slice(1)).split("|")[0];
  // A refusal holds nothing of anybody's: it speaks to pages that have no origin, too.
  if (refused) origin = "*";
  else if (!/^https?:\/\//.test(origin)) origin = "";

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

  /** The script is there, or is not going to be. */
  const decided = () => root.matches(".embedded, .alone, .lost");

  const lost = () => {
    const note = document.getElementById("lost");
    if (!note || decided()) return;
    root.classList.add("lost");
    note.hidden = false;
    // names lead nowhere then
    for (const name of document.querySelectorAll(".by button")) name.replaceWith(...name.childNodes);
    // and links lead to pages that can speak to the loader, too
    for (const link of document.links) if (!link.target && !link.hash) link.hash = location.hash;
    for (const node of early) {
      node.classList.remove("busy");
      if (node.href || node.tagName === "SUMMARY") node.click();
    }
  };
  // What the comments do not need waits until they are painted; where nobody sees them, not for long.
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

  // What is pressed before the script is there: it does that as soon as it is. If it does not come, links lead on.
  document.addEventListener("click", (event) => {
    const pressed = /** @type {any} */ (event.target);
    if (pressed.closest("#lost button")) location.reload();
    const node = pressed.closest("[data-action]");
    if (!node || decided() || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    if (early.indexOf(node) < 0) early.push(node);
    node.classList.add("busy");
  });
  // What is typed before the form's script is there joins what was begun before (parts/composer.js).
  document.addEventListener("input", (event) => {
    const area = /** @type {any} */ (event.target);
    if (!area.closest(".open")) area.dataset.early = "";
  });
}
