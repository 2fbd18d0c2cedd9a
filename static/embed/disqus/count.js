// The stand-in for Disqus's count.js: requests the counts of comments, ten at a time, and shows them.
// @ts-check
(() => {
  const win = /** @type {any} */ (window);
  const TEN = 10;
  /** @type {any} */
  const tag = document.currentScript;
  /** Key as in the request -> elements that show the count. @type {Record<string, any[]>} */
  let waiting = Object.create(null);
  /** @type {Record<string, boolean>} */
  let known = Object.create(null);
  const place = /^(https?:\/\/[^/?#]+(?:\/[^/?#]+)*?)\/(?:disqus\/)?([\w-]+)\/(?:\?.*\/)?count\.js(?=$|[?#])/.exec(
    tag ? tag.src : "",
  );

  /** @param {any} value */
  const named = (value) => (value && /^[\w-]+$/.test(value) ? `${value}` : "");

  /** What an element counts: by identifier (1) or by address (2). @param {any} node */
  function keyOf(node) {
    const identifier = node.getAttribute("data-disqus-identifier");
    if (identifier) return `1=${encodeURIComponent(identifier)}`;
    const own = node.hash === "#disqus_thread" && `${node.href}`.replace("#disqus_thread", "");
    const url = own || node.getAttribute("data-disqus-url");
    return url ? `2=${encodeURIComponent(url)}` : "";
  }

  /** @param {any} [given] */
  function getCount(given) {
    if (given?.reset) {
      waiting = Object.create(null);
      known = Object.create(null);
    }
    for (const node of Document.prototype.querySelectorAll.call(document, "a,.disqus-comment-count")) {
      const key = keyOf(node);
      if (!key) continue;
      waiting[key] ||= [];
      if (waiting[key].indexOf(node) < 0) waiting[key][waiting[key].length] = node;
    }
    const keys = Object.keys(waiting).sort();
    let query = "";
    let many = 0;
    for (let at = 0; at < keys.length; at++) {
      if (!known[keys[at]]) {
        query += `${many++ ? "&" : ""}${keys[at]}`;
        known[keys[at]] = true;
      }
      if (!query || (many < TEN && at + 1 < keys.length)) continue;
      ask(query + (given?.reset ? `&_=${Date.now()}` : ""));
      query = "";
      many = 0;
    }
  }

  /** @param {string} query */
  function ask(query) {
    const forum = named(widgets.forum) || named(win.disqus_shortname) || (place ? place[2] : "");
    if (!place || !forum) return;
    // `import` is allowed by Trusted Types; the response calls `displayCount`, which the page may have replaced
    import(/* webpackIgnore: true */ `${place[1]}/${forum.toLowerCase()}/count-data.js?${query}`).catch(() => {
      console.warn("commentsvc: counts could not be loaded.");
    });
  }

  /** @param {any} [answer] */
  function displayCount(answer) {
    const words = answer?.text?.comments || {};
    for (const { id, comments } of answer?.counts || []) {
      const text = [words.zero, words.one][comments] || `${words.multiple || "{num}"}`.replace("{num}", comments);
      for (const kind of ["1=", "2="])
        for (const node of waiting[kind + encodeURIComponent(id)] || []) node.textContent = text;
    }
  }

  /** @type {any} */
  const widgets = win.DISQUSWIDGETS?.getCount
    ? win.DISQUSWIDGETS
    : Object.assign(win.DISQUSWIDGETS || {}, { displayCount });
  if (!widgets.getCount) {
    widgets.getCount = getCount;
    win.DISQUSWIDGETS = widgets;
  }
  if (document.readyState !== "loading") widgets.getCount();
  else document.addEventListener("DOMContentLoaded", () => widgets.getCount());
})();
