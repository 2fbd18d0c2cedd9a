// The stand-in for Facebook's SDK: finds the comment tags of old pages and passes them to the loader, which
// the server puts before this file. docs/facebook.md says what is supported.
// @ts-check
import { find, warn } from "./loader/address.js";
import { below, ready } from "./loader/wake.js";

((/** @type {any} */ win, doc) => {
  var boxes = win.commentsvc;
  /** @type {any} */
  var tag = doc.currentScript;
  // Two loaders may load this file: the second only adds its options.
  if (boxes.facebook) return boxes.facebook(tag);

  var MOBILE = /Mobile|Android|iP(hone|ad|od)/.test(navigator.userAgent);
  var settings = /** @type {any} */ ({});
  var listeners = Object.create(null);
  var parses = 0;
  var plugins = 0;

  /** @type {any} */
  var rest;
  /** Call something that few pages use (xfbml.js), which is fetched on demand. @param {string} name @param {any[]} given */
  function more(name, ...given) {
    rest =
      rest ||
      import(/* webpackIgnore: true */ boxes.server + "/embed/xfbml.js").then((it) =>
        it.default({ boxes, settings, attr, mark }),
      );
    rest.then(
      (/** @type {any} */ it) => it[name](...given),
      () => (rest = 0),
    );
  }

  // --- attributes: each name in all its spellings; the first with a value applies ---

  /** @param {any} node @param {string} name @returns {string} */
  function attr(node, name) {
    for (var data of ["", "data-"])
      for (var gap of ["_", "-", ""]) {
        var value = node.getAttribute(data + name.replace(/_/g, gap))?.trim();
        if (value) return value;
      }
    return "";
  }
  /** @param {string} value */
  function yes(value) {
    return /^(true|1|yes|on)$/i.test(value);
  }

  // --- the boxes ---

  /** @param {any} node */
  function options(node) {
    var width = attr(node, "width");
    var fixed = Math.max(320, /^\d+(px)?$/.test(width) ? parseInt(width) : 550);
    var href = attr(node, "href");
    var xid = attr(node, "xid");
    var fluid = MOBILE || yes(attr(node, "mobile")) || /^(100%|auto)$/.test(width);
    return {
      // a full address, or none; after.js resolves all others
      href: /^https?:\/\/[\w.:/?=&-]+$/.test(href) || !(href + xid) ? href : " " + href,
      xid: xid + " ",
      site: settings.site,
      app_id: settings.appId,
      numposts: parseInt(attr(node, "num_posts")) || "",
      "order-by": attr(node, "order_by"),
      colorscheme: attr(node, "color_scheme") || attr(node, "skin"),
      width: fluid ? "100%" : fixed + "px",
      lazy: yes(attr(node, "lazy")) && node.getClientRects().length ? "1" : "0",
      locale: attr(node, "locale") || settings.locale,
      comment: attr(node, "fb_comment_id"),
      title: attr(node, "title"),
      label: "fb:comments Facebook Social Plugin",
    };
  }
  /** @param {any} node @param {string} name @param {any} on */
  function mark(node, name, on) {
    node.classList.toggle(name, on);
  }
  /** Whether the box in a tag is ours, and not a copy of one. @param {any} node */
  function holds(node) {
    var span = node.firstElementChild;
    return span?.plugin && span.querySelector("iframe");
  }
  /** Put a box into the tag, unless it already shows the same. @param {any} node @param {any} parse */
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
    mark(node, "fb_iframe_widget_fluid", MOBILE);
    span.plugin = "f" + ++plugins;
    span.parse = parse;
    wanted.width = "100%"; // of the span
    boxes.mount(span, wanted);
  }
  /** One tag of a parse is done; after the last one, the parse is rendered. @param {any} parse */
  function done(parse) {
    if (--parse.left) return;
    fire("xfbml.render", parse.number, parse.count);
    if (parse.call) parse.call();
  }
  // Any final state counts: a box with an error is rendered, too.
  boxes.on("state", (/** @type {any} */ now, /** @type {any} */ span) => {
    var parse = span.parse;
    if (now.state === "waiting" || !parse) return;
    span.parse = 0;
    span.parentNode.setAttribute("fb-xfbml-state", "rendered");
    done(parse);
  });
  // A router may add tags that were not parsed, or copies of parsed ones: once the page has asked for its
  // boxes, these are parsed as well.
  boxes.on("settle", () => {
    if (!settings.parsed) return;
    for (var each of below(doc, "*")) if (isBox(each) && !holds(each)) return parse();
  });
  boxes.on("resize", (/** @type {any} */ size, /** @type {any} */ span) => {
    if (!span.plugin) return;
    fire("xfbml.resize", { width: span.offsetWidth, height: size.height, pluginID: span.plugin });
  });

  // --- XFBML ---

  /** Whether a div of this class is a tag to fill, and has no content from the page. @param {any} node */
  function isEmpty(node) {
    var kids = node.childNodes;
    return (
      node.hasAttribute("fb-xfbml-state") ||
      !kids[0] ||
      (!kids[1] && (kids[0].nodeType === 3 || mine(kids[0], "fb-xfbml-parse-ignore")))
    );
  }
  /** @param {any} node @param {string} name */
  function mine(node, name) {
    return node.classList?.contains(name);
  }
  /** Whether a node is such a tag: 2 by its name, true by its class. @param {any} node @param {string} name */
  function is(node, name) {
    return `${node.nodeName}`.toLowerCase() === "fb:" + name ? 2 : mine(node, "fb-" + name);
  }
  /** Whether a node is a box to fill, and not inside another. @param {any} node */
  function isBox(node) {
    var kind = is(node, "comments");
    return kind && (kind > 1 || isEmpty(node)) && !node.parentNode?.closest?.(".fb_iframe_widget");
  }
  /** @param {any} [root] @param {any} [call] */
  function parse(root, call) {
    if (!root || root === doc) root = doc.body;
    if (root?.nodeType !== 1) throw new Error("Invalid argument");
    boxes.unmount(null); // forgets boxes whose element is gone
    settings.parsed ||= root === doc.body;
    var found = [];
    var counters = [];
    for (var each of below(root, "*"))
      if (is(each, "comments-count")) counters[counters.length] = each;
      else if (isBox(each) && !found[found.length - 1]?.contains(each)) found[found.length] = each;
    var tags = found.length + counters.length;
    var one = { number: ++parses, count: tags, left: found.length + 1, call: call };
    fire("xfbml.parse", one.number, tags);
    for (each of found) draw(each, one);
    for (each of counters) more("count", each);
    boxes.scheme(); // a page's theme button may parse again to update the colors
    setTimeout(done, 0, one);
  }

  // --- events ---

  /** @param {string} name @param {any} [first] @param {any} [second] */
  function fire(name, first, second) {
    for (var call of [...(listeners[name] || [])])
      try {
        call(first, second);
      } catch (error) {
        setTimeout(() => {
          throw error; // the page's own error, reported as such
        });
      }
  }
  for (const name of ["comment.create", "comment.remove"])
    boxes.on(name, (/** @type {any} */ detail) => fire(name, detail));

  // --- window.FB ---

  /** @param {any} given */
  function init(given) {
    given ||= {};
    if (given.appId) settings.appId = String(given.appId);
    if (settings.ready) warn("FB.init: the first call counts");
    settings.ready = true;
    if (given.xfbml && given.xfbml !== "0") ready(() => parse());
  }
  /** Anything else that old pages call: it does nothing, calls back later, and never throws.
   * @param {string} path @param {any} target what is there @returns {any} */
  function nothing(path, target) {
    var made = Object.create(null);
    return new Proxy(target, {
      get: (_, /** @type {any} */ name) =>
        name in target || !name.trim || name === "then" || name === "toJSON"
          ? target[name]
          : (made[name] ||= nothing(path + "." + name, function () {})),
      apply: (_, _me, given) => {
        more("call", path, given);
        return path === "FB.getUserID" ? "" : null;
      },
    });
  }
  var known = /** @type {any} */ ({
    init: init,
    XFBML: { parse: parse },
    Event: {
      subscribe: (/** @type {string} */ name, /** @type {any} */ call) => {
        var calls = (listeners[name] ||= []);
        if (calls.indexOf(call) < 0) calls[calls.length] = call;
      },
      unsubscribe: (/** @type {string} */ name, /** @type {any} */ call) => {
        var kept = [];
        for (var each of listeners[name] || []) if (each !== call) kept[kept.length] = each;
        listeners[name] = kept;
      },
      clear: (/** @type {string} */ name) => {
        listeners[name] = [];
      },
      fire: fire,
    },
  });
  var FB = nothing("FB", known);

  /** The page's own start function, called once, after the script that loaded us. */
  var asyncInit = win.fbAsyncInit;
  function begin() {
    if (!asyncInit?.call || asyncInit.hasRun) return;
    asyncInit.hasRun = true;
    setTimeout(asyncInit, 0);
  }
  /** @param {string} name @param {() => any} get @param {(value: any) => void} set */
  function hold(name, get, set) {
    try {
      Object.defineProperty(win, name, { configurable: true, enumerable: true, get: get, set: set });
    } catch (_) {
      warn("no window." + name);
    }
  }
  // A leftover Facebook loader that runs late must not replace `FB`.
  hold(
    "FB",
    () => FB,
    () => {},
  );
  hold(
    "fbAsyncInit",
    () => asyncInit,
    (value) => {
      asyncInit = value;
      begin();
    },
  );

  // --- what the tags say ---

  /** @param {any} script @returns {string} whether it wants boxes at once */
  function take(script) {
    /** @param {RegExp} form */
    var said = (form) => decodeURIComponent((form.exec(script.src) || ["", ""])[1]);
    settings.locale ||= said(/\/([a-z]{2}_[A-Z]{2})\//);
    settings.site ||= script.getAttribute("data-site");
    settings.appId ||= said(/#(?:.*&)?app_?id=([^&]+)/i);
    return said(/#(?:.*&)?xfbml=([^&]+)/);
  }
  /** @param {any} script */
  boxes.facebook = (script) => {
    var xfbml = take(script);
    begin();
    if (xfbml) init({ xfbml });
  };

  var xfbml = take(tag);
  for (var script of find('script[src*="//connect.facebook.net/"]')) xfbml = take(script) || xfbml; // Facebook's own tag has the page's options
  for (var meta of find("meta[property='fb:app_id']")) settings.appId ||= meta.content;
  // Leftover Facebook loaders look for this ID, and load nothing if it is there.
  if (!tag.id && !find("#facebook-jssdk")[0]) tag.id = "facebook-jssdk";

  ready(() => {
    if (!find("#fb-root")[0]) doc.body.prepend(Object.assign(doc.createElement("div"), { id: "fb-root" }));
  });
  begin();
  if (xfbml) init({ xfbml });
  // No options: a page that has our tag wants its boxes.
  else
    ready(() =>
      setTimeout(() => {
        if (!settings.ready) init({ xfbml: 1 });
      }, 0),
    );
})(window, document);
