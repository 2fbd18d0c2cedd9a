// The stand-in for Disqus's embed.js: reads how an old page was set up and hands its one box to the loader, which
// the server puts before this file. docs/disqus.md says what is honoured.
// @ts-check
import { warn } from "./loader/address.js";
import { below, ready } from "./loader/wake.js";

((/** @type {any} */ win, doc) => {
  var boxes = win.commentsvc;
  var before = boxes.disqus;
  // Run again while it is there, this file does what a reset does; after `delete window.DISQUS` it begins anew.
  if (before && win.DISQUS === before.api) return before.api.reset({ reload: true });
  if (before) before.drop();

  var GLOBALS = ["shortname", "identifier", "url", "title", "integration", "slug", "category_id"];
  var CALLBACKS = [
    ...["preData", "preInit", "onInit", "onReady", "afterRender", "preReset", "onIdentify", "beforeComment"],
    ...["onNewComment", "onPaginate", "onCommentCountChange"],
  ];
  var ORDERS = /** @type {any} */ ({ popular: "top", desc: "newest", asc: "oldest" });
  /** The first name that the page or the address gives counts. */
  var forum = "";
  /** What the page's functions fill. It lives on: what one does not set again stays. @type {any} */
  var config = { page: {}, callbacks: {}, experiment: {}, discovery: {}, sso: {}, server_side: {} };
  for (var each of CALLBACKS) config.callbacks[each] = [];
  /** Where the box stands, once there is one. @type {any} */
  var node = null;
  var waits = false; // for its place
  var isReady = false;
  var auth = "";
  var number = 0;

  /** What a page means by a value: text, or nothing. Elements get into `window` by their ids; `location` is an object.
   * @param {any} value @returns {string} */
  function text(value) {
    return /^(string|number)$/.test(typeof value) || value === location ? "" + value : "";
  }

  /** The forum: what the page calls it, else what the script's own address does. */
  function nameOf() {
    var said = text(config.page.shortname).replace(/\.disqus\.com.*$/i, "");
    /** @type {any} */
    var tag = doc.currentScript;
    var found = [tag && tag.src];
    for (var script of below(doc, "script")) found[found.length] = script.src;
    for (var i = 0; !/^[\w-]+$/.test(said) && i < found.length; i++) {
      var at = i && found.length - i; // this script, then all of them from the last on
      var parts = /^https?:\/\/[^?#]+?\/(?:disqus\/)?([\w-]+)\/(?:\?.*\/)?embed\.js(?=$|[?#])/.exec(found[at] || "");
      if (parts) said = parts[1];
    }
    return said.toLowerCase();
  }

  /** @param {any} call */
  function configure(call) {
    for (var name of GLOBALS) {
      var value = win["disqus_" + name]; // null and "" take back what was said before
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

  /** The headline, where it says most of the document's title: others, such as the site's name, are no titles. */
  function title() {
    var said = text(doc.title);
    var most = said.length * 0.6;
    var found = "";
    for (var line of below(doc, "h1")) {
      var words = line.textContent.trim();
      // the longest part of the title that stands in the headline
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
      // the identifier is the key: an address that is none of the site's gives way to the page's own
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

  /** A page in a frame, such as one in an `amp-iframe`, hears how high the box is, and tells the page around it. */
  function tell() {
    var place = node;
    new ResizeObserver(() => {
      var said = { scope: "host", name: "resize", data: { height: place.offsetHeight } };
      win.postMessage(JSON.stringify(said), "*");
    }).observe(place);
  }

  /** Pages look for the frame by what Disqus called it. */
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

  /** A message that its server has signed says who reads; one of nobody says that, too. */
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
      // the service says what is wrong
    }
    if (said) boxes.signIn(said);
    else boxes.signOut();
  }

  /** "Sign in": the page's own form in a window, which closes itself. Then the page knows who reads.
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
  /** @type {any} the instance that counts, for what is heard below */
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

  /** Once on this page, whoever is the instance then. @param {string} event */
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
