// The stand-in for Disqus's embed.js: reads how an old page was set up and hands its one box to the loader, which
// the server puts before this file. docs/disqus.md says what is supported.
// @ts-check
import { warn } from "./loader/address.js";
import { below, ready } from "./loader/wake.js";

((/** @type {any} */ win, doc) => {
  var boxes = win.commentsvc;
  var before = boxes.disqus;
  // If it runs again, this file does what a reset does; after `delete window.DISQUS` it starts over.
  if (before && win.DISQUS === before.api) return before.api.reset({ reload: true });
  if (before) before.drop();

  var GLOBALS = ["shortname", "identifier", "url", "title", "integration", "slug", "category_id"];
  var CALLBACKS = [
    ...["preData", "preInit", "onInit", "onReady", "afterRender", "preReset", "onIdentify", "beforeComment"],
    ...["onNewComment", "onPaginate", "onCommentCountChange"],
  ];
  var ORDERS = /** @type {any} */ ({ popular: "top", desc: "newest", asc: "oldest" });
  /** The forum: the first name that the page or the address gives. */
  var forum = "";
  /** What the page's functions fill. It is kept: values that are not set again stay. @type {any} */
  var config = { page: {}, callbacks: {}, experiment: {}, discovery: {}, sso: {}, server_side: {} };
  for (var each of CALLBACKS) config.callbacks[each] = [];
  /** The element that holds the box, once there is one. @type {any} */
  var node = null;
  var waits = false; // for the box's element to appear
  var isReady = false;
  var auth = "";
  var number = 0;

  /** A page's value as text, or "". Elements with IDs are properties of `window`, and `location` is an object.
   * @param {any} value @returns {string} */
  function text(value) {
    return /^(string|number)$/.test(typeof value) || value === location ? "" + value : "";
  }

  /** The forum's name: from the page, else from the script's own address. */
  function nameOf() {
    var said = text(config.page.shortname).replace(/\.disqus\.com.*$/i, "");
    /** @type {any} */
    var tag = doc.currentScript;
    var found = [tag && tag.src];
    for (var script of below(doc, "script")) found[found.length] = script.src;
    for (var i = 0; !/^[\w-]+$/.test(said) && i < found.length; i++) {
      var at = i && found.length - i; // this script, then all scripts, last first
      var parts = /^https?:\/\/[^?#]+?\/(?:disqus\/)?([\w-]+)\/(?:\?.*\/)?embed\.js(?=$|[?#])/.exec(found[at] || "");
      if (parts) said = parts[1];
    }
    return said.toLowerCase();
  }

  /** @param {any} call */
  function configure(call) {
    for (var name of GLOBALS) {
      var value = win["disqus_" + name]; // null and "" reset an earlier value
      if (value !== undefined) config.page[name] = value;
    }
    if (typeof call !== "function") call = win.disqus_config;
    try {
      if (typeof call === "function") call.call(config);
    } catch (error) {
      warn("disqus_config failed (" + error + "). The values that it had already set are used.");
    }
    config.page = config.page || {};
    forum = forum || nameOf();
  }

  /** @param {string} name @param {any} [said] */
  function fire(name, said) {
    var calls = (config.callbacks && config.callbacks[name]) || [];
    for (var i = 0; i < calls.length; i++)
      try {
        if (typeof calls[i] === "function") calls[i](said);
      } catch (error) {
        warn(name + " failed: " + error);
      }
  }

  /** The page's own address. */
  function here() {
    return location.href.split("#")[0];
  }

  /** The address of the page's thread. */
  function address() {
    var link = /** @type {any} */ (doc.createElement("a"));
    link.href = text(config.page.url) || here();
    return /^https?:$/.test(link.protocol) ? link : { href: here() };
  }

  /** The headline, if it contains most of the document's title: others, such as the site's name, are not titles. */
  function title() {
    var said = text(doc.title);
    var most = said.length * 0.6;
    var found = "";
    for (var line of below(doc, "h1")) {
      var words = line.textContent.trim();
      // the longest part of the title that the headline contains
      for (var from = 0, to = 1; to <= said.length; )
        if (words.indexOf(said.slice(from, to)) < 0) from++;
        else if (to++ - from > most) {
          most = to - 1 - from;
          found = words;
        }
    }
    return found.slice(0, 300);
  }

  /** The imported comment that the page's address names. */
  function linked() {
    var found = /#comment-(\d+)/.exec(location.hash);
    return found ? "disqus-" + found[1] : "";
  }

  function drop() {
    waits = false;
    if (node) boxes.unmount(node);
    node = null;
  }

  function draw() {
    drop();
    node = Document.prototype.querySelector.call(
      doc,
      "#" + CSS.escape(text(win.disqus_container_id) || "disqus_thread"),
    );
    waits = !node;
    if (!node) return;
    var credit = Document.prototype.querySelector.call(doc, ".dsq-brlink");
    if (credit) credit.remove();
    boxes.unmount(node);
    node.textContent = "";
    isReady = false;
    number++;
    var identifier = text(config.page.identifier);
    var link = address();
    boxes.mount(node, {
      disqus: forum + "/" + identifier,
      href: link.href,
      // the identifier is the key: the page's own address replaces one on another host
      hint: identifier && link.host !== location.host && here(),
      title: text(config.page.title) || title(),
      locale: text(config.language).replace(/^de_inf.*/, "de_x_du"),
      "order-by": ORDERS[(config.experiment || {}).sort_order] || "",
      comment: linked(),
      label: "Disqus",
      lazy: "false",
    });
    name();
    if (win.parent !== win) tell();
  }

  /** Report the box's height to a page in a frame, such as an `amp-iframe`, which passes it to the page around it. */
  function tell() {
    var place = node;
    new ResizeObserver(() => {
      var said = { scope: "host", name: "resize", data: { height: place.offsetHeight } };
      win.postMessage(JSON.stringify(said), "*");
    }).observe(place);
  }

  /** Name the frame as Disqus did, because pages look for that name. */
  function name() {
    var frame = node.querySelector("iframe");
    if (frame) frame.id = frame.name = "dsq-app" + number;
  }

  /** @param {any} [call] */
  function load(call) {
    configure(call);
    signIn();
    draw();
    if (waits && doc.readyState === "loading") ready(late);
  }

  function late() {
    if (waits) draw();
  }

  // --- the page's own sign-in ---

  /** Pass on the message, signed by the page's server, that says who the reader is, or that they are signed out. */
  function signIn() {
    var said = text(config.page.remote_auth_s3).trim();
    var sso = config.sso;
    if (sso && text(sso.url)) boxes.disqus.signs();
    if (said === auth) return;
    auth = said;
    try {
      var who = JSON.parse(atob(said.split(" ")[0]));
      if (!who || !who.id) said = "";
    } catch {
      // the server reports what is wrong
    }
    if (said) boxes.signIn(said);
    else boxes.signOut();
  }

  /** "Sign in": open the page's own form in a window, which closes itself. Then the page knows who the reader is.
   * @param {Event} event */
  function press(event) {
    var sso = config.sso || {};
    if (!text(sso.url)) return;
    event.preventDefault();
    var size = "width=" + (sso.width || 800) + ",height=" + (sso.height || 600);
    var pop = win.open(sso.url, "_blank", size);
    if (!pop) return location.assign(sso.url);
    var timer = setInterval(function () {
      if (!pop.closed) return;
      clearInterval(timer);
      location.reload();
    }, 300);
  }

  // --- window.DISQUS ---

  function same() {
    return api;
  }
  /** @type {any} */
  var api = {
    host: boxes.server.replace(/^https?:\/\//, ""),
    version: () => "commentsvc",
    request: { get: () => {} },
    on: same,
    off: same,
    trigger: same,
    reset: function (/** @type {any} */ given) {
      if (given && given.reload) load(given.config);
      else drop();
    },
  };
  /** @type {any} the current instance, for the listeners below */
  boxes.disqus = {
    api: api,
    drop: drop,
    heard: (/** @type {string} */ event, /** @type {any} */ said, /** @type {any} */ from) => {
      if (event === "settle") return late();
      if (event === "hash") return node && linked() && draw();
      if (!node || from !== node) return;
      if (event === "sign-in") press(said);
      else if (event === "sign-out" && text((config.sso || {}).logout)) location.assign(config.sso.logout);
      else if (event === "comment.create") fire("onNewComment", { id: said.commentID, text: said.message });
      else if (event === "comment.count") fire("onCommentCountChange", said.count);
      else if (event === "paginate") fire("onPaginate");
      else if (event === "identify") fire("onIdentify");
      else if (event === "state" && said.state !== "waiting") {
        name();
        if (!isReady) fire("onReady");
        isReady = true;
      }
    },
    signs: before ? before.signs : listen("sign-in"),
  };

  /** Listen once per page, for whichever instance is current. @param {string} event */
  function listen(event) {
    var on = false;
    return function () {
      if (!on)
        boxes.on(event, (/** @type {any} */ said, /** @type {any} */ from) => boxes.disqus.heard(event, said, from));
      on = true;
    };
  }
  if (!before) {
    for (each of ["state", "settle", "comment.create", "comment.count", "paginate", "identify", "sign-out"])
      listen(each)();
    win.addEventListener("hashchange", () => boxes.disqus.heard("hash"));
  }

  win.DISQUS = api;
  load();
})(window, document);
