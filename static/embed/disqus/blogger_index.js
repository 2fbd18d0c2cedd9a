// The stand-in for Disqus's script on Blogger's lists of posts: links to comments become counters.
// @ts-check
(() => {
  const own = /** @type {any} */ (document.currentScript).src;

  function count() {
    for (const link of document.querySelectorAll("a.comment-link, .post-comment-link a, a.post-comment-link")) {
      const href = /** @type {any} */ (link).href.replace(/#.*$/, "");
      if (href) /** @type {any} */ (link).href = `${href}#disqus_thread`;
    }
    const script = document.createElement("script");
    script.async = true;
    script.src = own.replace(/blogger_index\.js/, "count.js");
    document.head.append(script);
  }

  if (document.readyState !== "loading") count();
  else document.addEventListener("DOMContentLoaded", count);
})();
