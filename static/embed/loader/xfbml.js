// What few pages with Facebook's markup use: counters, and calls to Facebook's API. facebook.js fetches this on
// demand.
// @ts-check
import { warn } from "./address.js";
import { old } from "./whole.js";

/** @param {any} page objects of facebook.js */
export function xfbml({ boxes, settings, attr, mark }) {
  var NOBODY = { authResponse: null, status: "unknown" };
  /** The arguments for callbacks passed to these calls. @type {any} */
  var ANSWERS = {
    "FB.api": { error: { message: "This page no longer uses Facebook", type: "OAuthException", code: 2 } },
    "FB.ui": undefined,
    "FB.login": NOBODY,
    "FB.logout": NOBODY,
    "FB.getLoginStatus": NOBODY,
  };
  var said = /** @type {any} */ ({ "FB.getUserID": 1, "FB.getAuthResponse": 1, "FB.getAccessToken": 1 });

  return {
    /** Handle a call to a function that no longer does anything: its callback still gets a response.
     * @param {string} path @param {any[]} given */
    call: (path, given) => {
      if (!(path in ANSWERS)) {
        if (!said[path]) warn(path + " no longer exists; the call did nothing");
        said[path] = 1;
        return;
      }
      for (var i = given.length; i--; )
        if (typeof given[i] === "function") return void setTimeout(given[i], 0, ANSWERS[path]);
    },

    /** @param {any} node a counter; one that already shows its address stays */
    count: (node) => {
      var href = old(attr(node, "href"), attr(node, "xid")) || location.href.split("#")[0];
      if (node.counted === href) return;
      node.counted = href;
      mark(node, "fb_comments_count_zero", true);
      boxes.ask(
        { site: settings.site, app_id: settings.appId, page: location.origin },
        href,
        function (/** @type {number} */ number) {
          var span = document.createElement("span");
          span.className = "fb_comments_count";
          span.textContent = "" + number;
          node.textContent = "";
          node.appendChild(span);
          mark(node, "fb_comments_count_zero", !number);
          mark(node, "fb_iframe_widget", false);
        },
      );
    },
  };
}
