// The stand-in for Disqus's script in Blogger's templates: creates the element for a post's comments and fills it.
// @ts-check
(() => {
  const win = /** @type {any} */ (window);
  const own = /** @type {any} */ (document.currentScript).src;

  function fill() {
    const block = document.getElementById("disqus-blogger-comment-block") || document.getElementById("comments");
    if (!block || document.getElementById("disqus_thread")) return;
    block.textContent = "";
    block.style.display = "block";
    const place = document.createElement("div");
    place.id = "disqus_thread";
    block.append(place);
    if (win.disqus_blogger_current_url) win.disqus_url ||= win.disqus_blogger_current_url;
    const script = document.createElement("script");
    script.async = true;
    script.src = own.replace(/blogger_item\.js/, "embed.js");
    document.head.append(script);
  }

  if (document.readyState !== "loading") fill();
  else document.addEventListener("DOMContentLoaded", fill);
})();
