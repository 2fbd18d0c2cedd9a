// How many comments each article has: counts that a page asks for together are fetched in one request. after.js
// fetches this when a page shows counts.
// @ts-check
import { warn } from "./address.js";
import { whole } from "./whole.js";

/** @param {string} server */
export function counter(server) {
  var MOST = 200; // addresses in one request
  /** @type {any} whose -> address -> calls */
  var waiting = Object.create(null);
  var timer = 0;
  var win = /** @type {any} */ (window);

  /** Call with the number of comments at `href` on the site that `whose` describes.
   * @param {Record<string, any>} whose @param {string} href @param {(count: number) => void} call */
  function ask(whose, href, call) {
    var query = "";
    for (var name in whose) query += (query && "&") + name + "=" + encodeURIComponent(whose[name] || "");
    var one = (waiting[query] = waiting[query] || Object.create(null));
    var calls = (one[href] = one[href] || []);
    calls[calls.length] = call;
    timer = timer || setTimeout(send, 0);
  }

  function send() {
    var all = waiting;
    waiting = Object.create(null);
    timer = 0;
    for (var whose in all) {
      var query = [];
      for (var href in all[whose]) query[query.length] = "&href=" + encodeURIComponent(href);
      for (var at = 0; at < query.length; at += MOST) request(whose, query.slice(at, at + MOST), teller(all[whose]));
    }
  }

  /** @param {any} asked @returns {(counts: any) => void} */
  function teller(asked) {
    return function (counts) {
      for (var href in counts) for (var i = 0; asked[href] && i < asked[href].length; i++) asked[href][i](counts[href]);
    };
  }

  /** @param {string} whose @param {string[]} query @param {(counts: any) => void} tell */
  function request(whose, query, tell) {
    var http = new XMLHttpRequest();
    http.open("POST", server + "/embed/counts");
    http.setRequestHeader("Content-Type", "application/x-www-form-urlencoded");
    http.onload = function () {
      if (http.status === 200) tell(JSON.parse(http.responseText).counts);
    };
    // The page's policy may allow our scripts and frames, but no connections: use scripts.
    http.onerror = function () {
      byScripts(whose, query, tell);
    };
    http.send(whose + query.join(""));
  }

  /** @param {string} whose @param {string[]} query @param {(counts: any) => void} tell */
  function byScripts(whose, query, tell) {
    var before = win.commentsvc.counted;
    win.commentsvc.counted = function (/** @type {any} */ counts) {
      if (before) before(counts);
      tell(counts);
    };
    for (var at = 0; at < query.length; ) {
      var part = "";
      while (at < query.length && (!part || part.length + query[at].length < 6000)) part += query[at++];
      import(/* webpackIgnore: true */ server + "/embed/counts.js?" + whose + part).catch(() => {
        warn("counts could not be loaded.");
      });
    }
  }

  /** The address whose count an element shows: from its attribute, its link, or else this page. @param {any} node */
  function target(node) {
    var said = whole(node.getAttribute("data-commentsvc-count")) || whole(node.getAttribute("data-href"));
    var link = typeof node.href === "string" ? whole(node.href.replace(/#[\w-]*$/, "")) : "";
    return said || link || location.href.split("#")[0];
  }

  /** Fill the elements that ask for a count. @param {any} root @param {string | undefined} site */
  function fill(root, site) {
    var kind = root === document ? Document : root instanceof Element ? Element : DocumentFragment;
    var nodes = kind.prototype.querySelectorAll.call(root, "[data-commentsvc-count]");
    for (var i = 0; i < nodes.length; i++) one(nodes[i], site);
  }

  /** @param {any} node @param {string | undefined} site */
  function one(node, site) {
    var href = target(node);
    if (node.counted === href) return;
    node.counted = href;
    ask({ site: node.getAttribute("data-site") || site, app_id: "", page: location.origin }, href, function (count) {
      if (node.counted !== href) return;
      node.textContent = "" + count;
      node.setAttribute("data-count", "" + count);
    });
  }

  return { ask: ask, fill: fill };
}
