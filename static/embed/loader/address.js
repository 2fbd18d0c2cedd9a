// Addresses as pages write them, and what pages are told. A part of the loader.
// @ts-check
// as on the server (threads/urls.py); one test holds both against one table
var LEFTOVER =
  /\{\{|\}\}|\{%|%\}|<[?%]|[$#]\{|%(?![0-9a-f]{2}[^%]*%[0-9a-f]{2})[a-z_][a-z_.-]{2,}%|\[(?:object|url|permalink|link)\b[^\]]*\]|^(?:undefined|null|none|about:.*)$/i;

/** An address in full; "" for what a template left behind. @param {any} href @returns {string} */
export function whole(href) {
  href = String(href || "").trim();
  if (!href || LEFTOVER.test(href)) return "";
  if (/^https?:\/\/[^\s/]/i.test(href)) return href;
  var bare = /^(?!\w+\.(?:html?|php|aspx?|jsp)\b)[\w-]+(\.[\w-]+)+(:\d+)?(?=[/?#]|$)/.test(href);
  var link = document.createElement("a");
  link.href = bare ? "http://" + href : href;
  return /^https?:$/.test(link.protocol) ? link.href : "";
}

/** The comment that the page's address names. */
export function asked() {
  var found = /[?&#](?:commentsvc|fb_comment_id)=([\w-]+)/.exec(location.href);
  return found ? found[1] : "";
}

/** The origins of this page and of those it stands in: all have to be on the site's list. */
export function pagesAround() {
  var said = window.origin;
  for (var each of location.ancestorOrigins || []) said += " " + each;
  return said;
}

/** @param {string} words */
export function warn(words) {
  console.warn("commentsvc: " + words);
}

/** Where the service is: what the page says, else where the loader came from. A copy under another name came
 * from somewhere else. @param {any} tag @param {any} named */
export function origin(tag, named) {
  var said = tag.getAttribute("data-server") || named.getAttribute("data-server");
  var found = /^https?:\/\/[^/?#]+/.exec(said || tag.src);
  var known = /^[^?#]*\/((embed|sdk|all|sdk\/debug|all\/debug|sdk\/xfbml\.customerchat)\.js(?=$|[?#])|\?.*\/embed\.js)/;
  if (!found || (!said && !known.test(tag.src))) warn('unknown server. Add data-server="https://…" to the tag.');
  return found ? found[0] : "";
}
