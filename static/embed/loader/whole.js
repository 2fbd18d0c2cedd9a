// Makes addresses in pages absolute. Part of scripts that are loaded later.
// @ts-check
// as in threads/addresses/spelling.py; one test checks both against the same table
var LEFTOVER =
  /\{\{|\}\}|\{%|%\}|<[?%]|[$#]\{|%(?![0-9a-f]{2}[^%]*%[0-9a-f]{2})[a-z_][a-z_.-]{2,}%|\[(?:object|url|permalink|link)\b[^\]]*\]|^(?:undefined|null|none|about:.*)$/i;

/** An absolute address; "" for a placeholder that a template left unfilled. @param {any} href @returns {string} */
export function whole(href) {
  href = String(href || "").trim();
  if (!href || LEFTOVER.test(href)) return "";
  if (/^https?:\/\/[^\s/]/i.test(href)) return href;
  var bare = /^(?!\w+\.(?:html?|php|aspx?|jsp)\b)[\w-]+(\.[\w-]+)+(:\d+)?(?=[/?#]|$)/.test(href);
  var link = document.createElement("a");
  link.href = bare ? "http://" + href : href;
  return /^https?:$/.test(link.protocol) ? link.href : "";
}

/** An absolute address from a Facebook tag; in the first years, threads were named by an ID that the page chose.
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
