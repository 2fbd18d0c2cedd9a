// The stand-in for Facebook's SDK: wakes comment tags of old pages and hands them to the loader, which
// the server puts before this file. docs/facebook.md says what is honoured.
// @ts-check
import { whole } from "./loader/whole.js";
import { below, ready } from "./loader/wake.js";

(function (/** @type {any} */ win, doc) {
  var boxes = win.commentsvc;
  /** @type {any} */
  var tag = doc.currentScript;
  // This file may come twice, by two loaders: the second has only its options to add.
  if (boxes.facebook) return boxes.facebook(tag);

  var MOBILE = /Mobile|Android|iP(hone|ad|od)/.test(navigator.userAgent);
  var settings = /** @type {any} */ ({});
  var listeners = Object.create(null);
  /** @type {any[]} */
  var waiting = [];
  var parses = 0;
  var plugins = 0;

  /** @param {any} words */
  function warn(words) {
    if (win.console && console.warn) console.warn("commentsvc: " + words);
  }

  // --- attributes: each name in all its spellings, the first that says something ---

  /** @param {any} node @param {string} name @returns {string} */
  function attr(node, name) {
    var forms = [name, name.replace(/_/g, "-"), name.replace(/_/g, "")];
    for (var i = 0; i < 6; i++) {
      var value = node.getAttribute((i > 2 ? "data-" : "") + forms[i % 3]);
      if (value && value.trim()) return value.trim();
    }
    return "";
  }
  /** @param {string} value */
  function yes(value) {
    return /^(?:true|1|yes|on)$/i.test(value);
  }
  /** Threads of the first years were named by an id of the page's own. @param {any} node */
  function address(node) {
    var href = whole(attr(node, "href"));
    var xid = href ? "" : attr(node, "xid");
    if (!xid) return href;
    try {
      xid = decodeURIComponent(xid);
    } catch (_) {
      // not encoded
    }
    return /^https?:\/\//.test(xid)
      ? xid
      : location.protocol + "//" + location.host + "/?xid=" + encodeURIComponent(xid);
  }

  // --- the boxes ---

  /** @param {any} node */
  function options(node) {
    var width = attr(node, "width");
    var fixed = /^\d+(px)?$/.test(width) ? Math.max(320, parseInt(width, 10)) : 0;
    var fluid = MOBILE || yes(attr(node, "mobile")) || /^(100%|auto)$/.test(width);
    return {
      href: address(node),
      site: settings.site,
      app_id: settings.appId,
      numposts: parseInt(attr(node, "numposts") || attr(node, "num_posts"), 10) || "",
      "order-by": attr(node, "order_by"),
      colorscheme: attr(node, "colorscheme") || attr(node, "color_scheme") || attr(node, "skin"),
      width: fluid ? "100%" : (fixed || 550) + "px",
      lazy: yes(attr(node, "lazy")) && node.getClientRects().length ? "true" : "false",
      locale: attr(node, "locale") || settings.locale,
      comment: attr(node, "fb_comment_id"),
      title: attr(node, "title"),
      label: "fb:comments Facebook Social Plugin",
    };
  }
  /** @param {any} node @param {string} name @param {any} on */
  function mark(node, name, on) {
    node.classList[on ? "add" : "remove"](name);
  }
  /** Whether the box in a tag is ours, and not a copy of one. @param {any} node */
  function holds(node) {
    var span = node.firstElementChild;
    return span && span.plugin && span.querySelector("iframe");
  }
  /** A box into the tag, unless it shows the same already. @param {any} node @param {any} parse */
  function draw(node, parse) {
    var wanted = options(node);
    var query = "";
    for (var name in wanted) query += name + "=" + encodeURIComponent(wanted[name] || "") + "&";
    if (holds(node) && node.getAttribute("fb-iframe-plugin-query") === query) return done(parse);
    var span = /** @type {any} */ (doc.createElement("span"));
    span.style.cssText = "vertical-align:bottom;display:inline-block;max-width:100%";
    span.style.width = wanted.width;
    if (node.firstElementChild) boxes.unmount(node.firstElementChild);
    node.textContent = "";
    node.appendChild(span);
    node.setAttribute("fb-iframe-plugin-query", query);
    node.setAttribute("fb-xfbml-state", "parsed");
    mark(node, "fb_iframe_widget", true);
    mark(node, "fb_iframe_widget_fluid_desktop", wanted.width === "100%" && !MOBILE);
    mark(node, "fb_iframe_widget_fluid", wanted.width === "100%" && MOBILE);
    span.plugin = "f" + ++plugins;
    waiting[waiting.length] = { span: span, parse: parse };
    wanted.width = "100%"; // of the span
    boxes.mount(span, wanted);
  }
  /** One tag of a parse is there; with the last one the parse is rendered. @param {any} parse */
  function done(parse) {
    if (--parse.left) return;
    fire("xfbml.render", parse.number, parse.count);
    if (parse.call) parse.call();
  }
  // Whatever became of it: a box in error is rendered, and one that is still hidden.
  boxes.on("state", function (/** @type {any} */ now, /** @type {any} */ span) {
    for (var i = 0; i < waiting.length; i++)
      if (now.state !== "waiting" && waiting[i].span === span) {
        var parse = waiting[i].parse;
        for (; i + 1 < waiting.length; i++) waiting[i] = waiting[i + 1];
        waiting.length--;
        span.parentNode.setAttribute("fb-xfbml-state", "rendered");
        done(parse);
      }
  });
  // A router has brought tags that nobody has parsed, or copies of parsed ones: once the page has asked for
  // its boxes, they are woken as well.
  boxes.on("settle", function () {
    if (!settings.parsed) return;
    var all = below(doc, "*");
    for (var i = 0; i < all.length; i++) if (isBox(all[i]) && !holds(all[i])) return parse();
  });
  boxes.on("resize", function (/** @type {any} */ size, /** @type {any} */ span) {
    if (!span.plugin) return;
    fire("xfbml.resize", { width: span.offsetWidth, height: size.height, pluginID: span.plugin });
  });

  // --- the counts ---

  /** @param {any} node a counter; one that counts its address already stays */
  function count(node) {
    var href = address(node) || location.href.split("#")[0];
    if (node.counted === href) return;
    node.counted = href;
    mark(node, "fb_comments_count_zero", true);
    boxes.ask(
      { site: settings.site, app_id: settings.appId, page: location.origin },
      href,
      function (/** @type {number} */ number) {
        show(node, number);
      },
    );
  }
  /** @param {any} node @param {number} number */
  function show(node, number) {
    var span = doc.createElement("span");
    span.className = "fb_comments_count";
    span.textContent = "" + number;
    node.textContent = "";
    node.appendChild(span);
    mark(node, "fb_comments_count_zero", !number);
    mark(node, "fb_iframe_widget", false);
  }

  // --- XFBML ---

  /** Whether a div of this class is a tag to fill, and not something a page put together itself. @param {any} node */
  function isEmpty(node) {
    var kids = node.childNodes;
    return (
      node.hasAttribute("fb-xfbml-state") ||
      !kids.length ||
      (kids.length === 1 && (kids[0].nodeType === 3 || mine(kids[0], "fb-xfbml-parse-ignore")))
    );
  }
  /** @param {any} node @param {string} name */
  function mine(node, name) {
    return (" " + ((node.getAttribute && node.getAttribute("class")) || "") + " ").indexOf(" " + name + " ") > -1;
  }
  /** A box to fill, and not within one. @param {any} node */
  function isBox(node) {
    var named = String(node.nodeName).toLowerCase() === "fb:comments";
    if (!named && !(mine(node, "fb-comments") && isEmpty(node))) return false;
    return !(node.parentNode && node.parentNode.closest && node.parentNode.closest(".fb_iframe_widget"));
  }
  /** @param {any} [root] @param {any} [call] */
  function parse(root, call) {
    root = root || doc.body;
    if (root === doc) root = doc.body;
    if (!root || root.nodeType !== 1) throw new Error("Invalid argument");
    boxes.unmount(null); // forgets those whose place is gone
    settings.parsed = settings.parsed || root === doc.body;
    var all = below(root, "*");
    var found = [];
    var counters = [];
    for (var i = 0; i < all.length; i++) {
      var name = String(all[i].nodeName).toLowerCase();
      if (name === "fb:comments-count" || mine(all[i], "fb-comments-count")) counters[counters.length] = all[i];
      else if (isBox(all[i]) && !(found.length && found[found.length - 1].contains(all[i])))
        found[found.length] = all[i];
    }
    var tags = found.length + counters.length;
    var one = { number: ++parses, count: tags, left: found.length + 1, call: call };
    fire("xfbml.parse", one.number, tags);
    for (i = 0; i < found.length; i++) draw(found[i], one);
    for (i = 0; i < counters.length; i++) count(counters[i]);
    boxes.scheme(); // a page's theme button that parses anew wants its colours heard
    setTimeout(done, 0, one);
  }

  // --- events ---

  /** @param {string} name @param {any} [first] @param {any} [second] */
  function fire(name, first, second) {
    var calls = (listeners[name] || []).slice();
    for (var i = 0; i < calls.length; i++)
      try {
        calls[i](first, second);
      } catch (error) {
        setTimeout(function () {
          throw error; // the page's own mistake, reported as such
        });
      }
  }
  boxes.on("comment.create", function (/** @type {any} */ detail) {
    fire("comment.create", detail);
  });
  boxes.on("comment.remove", function (/** @type {any} */ detail) {
    fire("comment.remove", detail);
  });

  // --- window.FB ---

  /** @param {any} given */
  function init(given) {
    given = given || {};
    if (given.appId) settings.appId = String(given.appId);
    if (settings.ready) warn("FB.init was already called; the first call counts");
    settings.ready = true;
    if (given.xfbml && given.xfbml !== "0")
      ready(function () {
        parse();
      });
  }
  /** Anything else that old pages call: it does nothing, says so once, and never throws. @param {string} path @returns {any} */
  function nothing(path) {
    var said = false;
    return new Proxy(function () {}, {
      get: function (_, name) {
        return typeof name === "symbol" || name === "then" || name === "toJSON"
          ? undefined
          : nothing(path + "." + name);
      },
      apply: function () {
        if (!said) warn(path + " no longer exists; the call did nothing");
        said = true;
      },
    });
  }
  /** @param {any} answer @returns {any} */
  function answering(answer) {
    return function () {
      for (var i = arguments.length; i--; )
        if (typeof arguments[i] === "function") return void setTimeout(arguments[i], 0, answer);
    };
  }
  var nobody = { authResponse: null, status: "unknown" };
  var known = /** @type {any} */ ({
    init: init,
    XFBML: { parse: parse },
    Event: {
      subscribe: function (/** @type {string} */ name, /** @type {any} */ call) {
        var calls = (listeners[name] = listeners[name] || []);
        if (calls.indexOf(call) < 0) calls[calls.length] = call;
      },
      unsubscribe: function (/** @type {string} */ name, /** @type {any} */ call) {
        var kept = [];
        for (var i = 0, calls = listeners[name] || []; i < calls.length; i++)
          if (calls[i] !== call) kept[kept.length] = calls[i];
        listeners[name] = kept;
      },
      clear: function (/** @type {string} */ name) {
        listeners[name] = [];
      },
      fire: fire,
    },
    api: answering({ error: { message: "This page no longer uses Facebook", type: "OAuthException", code: 2 } }),
    ui: answering(undefined),
    login: answering(nobody),
    logout: answering(nobody),
    getLoginStatus: answering(nobody),
    getAuthResponse: function () {
      return null;
    },
    getUserID: function () {
      return "";
    },
    getAccessToken: function () {
      return null;
    },
  });
  var unknown = Object.create(null);
  var FB = new Proxy(known, {
    get: function (target, name) {
      if (name in target || typeof name === "symbol" || name === "then") return target[name];
      return (unknown[name] = unknown[name] || nothing("FB." + name));
    },
  });

  /** The page's own start: once, and after the script that brought us. */
  var asyncInit = win.fbAsyncInit;
  function begin() {
    if (typeof asyncInit !== "function" || asyncInit.hasRun) return;
    asyncInit.hasRun = true;
    setTimeout(asyncInit, 0);
  }
  /** @param {string} name @param {() => any} get @param {(value: any) => void} set */
  function hold(name, get, set) {
    try {
      Object.defineProperty(win, name, { configurable: true, enumerable: true, get: get, set: set });
    } catch (_) {
      warn("the page already defines window." + name);
    }
  }
  // A leftover loader that answers late must not put the dead one in our place.
  hold(
    "FB",
    () => FB,
    function () {},
  );
  hold(
    "fbAsyncInit",
    () => asyncInit,
    function (value) {
      asyncInit = value;
      begin();
    },
  );

  // --- what the tags say ---

  /** @param {string} src */
  function fragment(src) {
    var found = /** @type {any} */ ({});
    var parts = (src.split("#")[1] || "").split("&");
    for (var i = 0; i < parts.length; i++) {
      var pair = parts[i].split("=");
      if (pair[0]) found[pair[0]] = decodeURIComponent((pair[1] || "").replace(/\+/g, " "));
    }
    return found;
  }
  /** @param {any} script */
  function take(script) {
    var told = fragment(script.src);
    var place = /\/([a-z]{2}_[A-Z]{2})\//.exec(script.src);
    if (place) settings.locale = settings.locale || place[1];
    settings.site = settings.site || script.getAttribute("data-site") || "";
    settings.appId = settings.appId || told.appId || told.app_id || told.appid || "";
    return told;
  }
  /** @param {any} script */
  boxes.facebook = function (script) {
    var told = take(script);
    begin();
    if (told.xfbml) init(told);
  };

  var told = take(tag);
  var scripts = below(doc, "script");
  for (var i = 0; i < scripts.length; i++)
    if (/\/\/connect\.facebook\.net\//.test(scripts[i].src)) {
      var left = take(scripts[i]); // the dead loader still knows how the page was set up
      told.xfbml = told.xfbml || left.xfbml;
    }
  var metas = below(doc, "meta");
  for (i = 0; i < metas.length; i++)
    if (!settings.appId && metas[i].getAttribute("property") === "fb:app_id")
      settings.appId = metas[i].getAttribute("content") || "";
  // Every leftover loader looks for this id and then leaves the page alone.
  if (!tag.id && !Document.prototype.querySelector.call(doc, "#facebook-jssdk")) tag.id = "facebook-jssdk";

  ready(function () {
    if (!Document.prototype.querySelector.call(doc, "#fb-root")) {
      var root = doc.createElement("div");
      root.id = "fb-root";
      doc.body.insertBefore(root, doc.body.firstChild);
    }
  });
  begin();
  if (told.xfbml) init(told);
  // Nobody says what to do: a page that has our tag wants its boxes.
  else
    ready(function () {
      setTimeout(function () {
        if (!settings.ready) init({ xfbml: 1 });
      }, 0);
    });
})(window, document);
