// Addresses as pages write them. Part of what comes after the loader.
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

/** An address as Facebook's tags say it, in full; threads of the first years were named by an id of the page's own.
 * @param {string} href @param {string} xid */
export function old(href, xid) {
  href = whole(href);
  if (href || !xid) return href;
  try {
    xid = decodeURIComponent(xid);
  } catch {
    // not encoded
  }
  return /^https?:\/\//.test(xid) ? xid : location.origin + "/?xid=" + encodeURIComponent(xid);
}
