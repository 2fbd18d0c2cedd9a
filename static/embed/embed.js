// The loader: one box where its tag stands. README.md beside it says what it promises.
// @ts-check
import { asked, origin, pagesAround, warn, whole } from "./loader/address.js";
import { later } from "./loader/later.js";
import { arrive, busy, css, dress, wait } from "./loader/load.js";
import { look, seat, watch } from "./loader/look.js";
import { prefix } from "./loader/phrases.js";
import { resume } from "./loader/place.js";
import { grow, written } from "./loader/room.js";

/** @typedef {{node: any, frame: HTMLIFrameElement, ground: string, opt: (name: string) => any, [more: string]: any}} Box */
((/** @type {any} */ win, doc) => {
  /** Pages have elements named like members of `document`: ask the prototype.
   * @param {string} css @returns {any} */
  function find(css) {
    return Document.prototype.querySelectorAll.call(doc, css);
  }
  /** @type {any} */
  var tag = doc.currentScript;
  if (!(tag instanceof HTMLScriptElement)) {
    var tags = find('script[src*="/embed.js"]');
    tag = tags[tags.length - 1] || doc.createElement("script"); // part of a page's own module
  }
  if (win.commentsvc && win.commentsvc.start) return win.commentsvc.start(tag);

  var theirs = origin(tag, find("[data-server]")[0] || tag);
  var server = theirs && theirs + prefix;
  // in a sandbox nobody has an origin, and all that is ever heard is a refusal
  if (win.origin === "null") theirs = "null";
  var counted = later(server, "counting", (it) => it({ warn, whole })(server));
  var signing = later(server, "signing", (it) => it({ warn, whole, emit, tell, attribute, signs, now: () => token }));
  var dark = win.matchMedia("(prefers-color-scheme: dark)");
  var listeners = Object.create(null);
  var spots = Object.create(null);
  // no methods of arrays: old libraries replace them
  /** @type {Box[]} */
  var boxes = [];
  /** What the page says of its reader by a call: a token, or what gives one. @type {any} */
  var token = "";

  /** Light or dark for the frame: what was asked for, else what the page looks like at this place.
   * @param {Box} box */
  function scheme(box) {
    var wanted = box.wanted || box.opt("colorscheme");
    var page = look(box.node);
    // Equal schemes make a frame transparent; otherwise it gets a ground of its own.
    css(box.frame, { "color-scheme": page.scheme });
    if (wanted === "auto") wanted = dark.matches ? "dark" : "light";
    if (wanted !== "dark" && wanted !== "light") wanted = page.scheme;
    box.ground = page.own || wanted !== page.scheme ? "Canvas" : "";
    css(box.frame, { "border-radius": box.ground ? "8px" : 0 });
    box.seen = wanted + box.ground;
    return wanted;
  }

  /** The page may look otherwise now: tell the frames for which it does. */
  function hear() {
    tell((box) => {
      var before = box.seen;
      var now = scheme(box);
      return box.seen !== before && { scheme: now, ground: box.ground };
    });
  }

  /** Show the boxes in `node` in this scheme: "light", "dark", "auto" (the reader's system), or "" (the page).
   * Without arguments all boxes look at the page again. @param {any} [node] @param {string} [wanted] */
  function paint(node, wanted) {
    for (var box of boxes) if (node && node.contains(box.node)) box.wanted = wanted || "";
    hear();
  }

  /** An attribute of the box, or else of any tag. @param {Box} box @param {string} name @returns {string} */
  function attribute(box, name) {
    var node = find("[data-" + name + "]")[0];
    return box.opt(name) || (node && node.getAttribute("data-" + name)) || "";
  }

  /** What a box is told of who sits here: at once, or by the page's function. @param {Box} box */
  function introduce(box) {
    if (!token.call) return { token: (token || attribute(box, "token")).trim(), signs: signs(box) };
    signing((it) => it.ask(box));
  }

  /** Whether the page signs its readers in by itself. @param {Box} box */
  function signs(box) {
    return !!(listeners["sign-in"] || attribute(box, "sign-in-url"));
  }

  /** @param {Box} box */
  function source(box) {
    var query = "colorscheme=" + scheme(box);
    /** @param {string} name @param {string} [value] */
    function add(name, value) {
      value = value || box.opt(name);
      if (value) query += "&" + name + "=" + encodeURIComponent(value);
    }
    var href = box.opt("href");
    if (!href) {
      var hint = find('meta[property="og:url"],link[rel="canonical"]')[0];
      add("hint", hint && (hint.content || hint.href));
    }
    add("site");
    if (!box.opt("site")) add("app_id");
    add("disqus");
    add("page", pagesAround());
    add("href", whole(href) || href || location.href);
    add("title", box.opt("title") || doc.title);
    add("numposts");
    add("order-by");
    add("locale");
    add("lang", doc.documentElement.lang);
    add("comment", box.opt("comment") || asked());
    return server + "/embed/thread?" + query + "#" + win.origin + "|" + box.ground;
  }

  /** @param {number} index */
  function drop(index) {
    clearTimeout(boxes[index].timer);
    boxes[index].frame.remove();
    if (boxes[index].line) boxes[index].line.remove();
    for (; index + 1 < boxes.length; index++) boxes[index] = boxes[index + 1];
    boxes.length = index;
  }

  /** Take the box out of `node`, and forget those whose place is gone. @param {any} node */
  function unmount(node) {
    node = seat(node);
    for (var i = boxes.length; i--; ) if (boxes[i].node === node || !boxes[i].node.isConnected) drop(i);
  }

  /** Put a box into `node`, instead of the one that is there; options as the data- attributes.
   * @param {any} node @param {Record<string, any>} [options] */
  function mount(node, options) {
    if (!server) return warn("no box: unknown server.");
    node = seat(node);
    unmount(node);
    clean();
    node.at = location.href;
    /** @type {any} */
    var box = {
      node: node,
      wanted: "",
      seen: "",
      ground: "",
      opt: (/** @type {string} */ name) => (options && options[name]) || node.getAttribute("data-" + name),
      again: () => {
        if (box.state !== "away") return;
        busy(box, true);
        box.frame.remove();
        load(box);
      },
      tell: (/** @type {string} */ state, /** @type {any} */ why) => emit("state", { state: state, reason: why }, box),
    };
    boxes[boxes.length] = box;
    load(box);
    return box.frame;
  }

  /** @param {Box} box */
  function load(box) {
    var frame = (box.frame = doc.createElement("iframe"));
    var width = box.opt("width");
    if (!box.line && !/^(false|0|no|off)$/.test(box.opt("lazy"))) frame.loading = "lazy";
    frame.title = box.opt("label") || "Comments";
    frame.allow = "clipboard-write" + ("share" in navigator ? ";web-share" : "");
    css(frame, {
      display: "block",
      border: 0,
      "box-sizing": "content-box",
      width: /^\d+(px)?$/.test(width) ? Math.max(320, parseInt(width)) + "px" : "100%",
      "max-width": "100%",
    });
    frame.src = source(box);
    wait(box);
    box.node.insertBefore(frame, box.line || written(box));
    watch(frame, hear);
  }

  /** @param {string} name @param {any} detail @param {Box} box */
  function emit(name, detail, box) {
    for (var call of listeners[name] || []) call(detail, box.node);
  }

  /** @param {Box} box @param {any} said */
  function heed(box, said) {
    if (said.here) arrive(box, said.refused);
    if (said.title) {
      box.frame.title = said.title;
      tell((each) => each === box && introduce(box));
    }
    if (said.height > 0) {
      resume(box, () => grow(box, Math.ceil(said.height), dress));
      emit("resize", { height: said.height }, box);
    }
    if (said.y >= 0) win.scrollBy(0, box.frame.getBoundingClientRect().top + said.y - 80);
    if (/^sign-(in|again)$/.test(said.event)) signing((it) => it[said.event](box));
    else if (said.event) emit(said.event, said.detail, box);
  }

  /** @param {(box: Box) => any} each what a box is told; nothing, where there is nothing to say */
  function tell(each) {
    for (var box of boxes) {
      var words = each(box);
      if (words) box.frame.contentWindow?.postMessage(words, server);
    }
  }

  win.addEventListener("message", (/** @type {MessageEvent} */ event) => {
    for (var box of boxes)
      if (event.source === box.frame.contentWindow && event.origin === theirs) return heed(box, event.data || 0);
  });
  win.addEventListener("hashchange", () => {
    if (asked()) tell(() => ({ show: asked() }));
  });
  dark.addEventListener("change", hear);

  /** Whether `node` holds a box that hears us. @param {any} node */
  function has(node) {
    for (var box of boxes) if (box.node === node && node.contains(box.frame)) return true;
  }

  /** Take out what copies of pages hold of us: frames nobody hears, and places nobody knows. */
  function clean() {
    for (var made of find("[data-commentsvc]")) {
      var known = made.ours;
      for (var box of boxes) known = known || box.frame === made || box.line === made;
      if (!known) made.remove();
    }
  }

  /** A box that shows this page already stays. @param {any} node */
  function renew(node) {
    if (!has(node) || node.at !== location.href) mount(node);
  }

  /** Fill the page's containers, once it holds nothing of ours that a copy of a page has brought: its scripts
   * may run again before it settles. @param {(node: any) => void} fill */
  function containers(fill) {
    clean();
    var places = find(".commentsvc[data-site]");
    for (var place of places) fill(place);
    return places.length;
  }

  /** Boxes stand in the page's containers, or else where the tag is: one, however many tags ask for it.
   * @param {any} script */
  function start(script) {
    if (doc.readyState !== "loading" && find("[data-commentsvc-count]")[0])
      counted((counts) => counts.fill(doc, script.dataset.site)); // all of them in one request
    if (/\/(sdk|all)(\/[\w.]+)?\.js/.test(script.src)) return; // Facebook's stand-in looks for its own tags
    put(script, containers(renew), renew);
  }

  /** @param {any} script @param {number} places @param {(node: any) => void} fill */
  function put(script, places, fill) {
    var key = script.dataset.site + " " + script.dataset.href;
    var place = (spots[key] = spots[key] || doc.createElement("div"));
    var here = doc.body && doc.body.contains(script);
    if (places || !script.dataset.site) return unmount(place);
    if (!here && doc.readyState === "loading") return;
    if (!place.isConnected) {
      place.ours = true;
      place.setAttribute("data-commentsvc", "place");
      for (var said of script.attributes) if (/^data-/.test(said.name)) place.setAttribute(said.name, said.value);
      unmount(place);
      if (here) script.after(place);
      else doc.body.appendChild(place);
    }
    fill(place);
  }

  /** The page has changed: routers put bodies in place of others, from copies that they keep, and do not
   * run the scripts in them again. Whatever should hold a box holds one, and one only. */
  function settle() {
    var fill = (/** @type {any} */ node) => has(node) || mount(node);
    pending = 0;
    unmount(null);
    var places = containers(fill);
    var tags = find('script[data-site][src^="' + server + '/embed.js"],script[data-site][data-server]');
    for (var each of tags) put(each, places, fill);
    emit("settle", 0, /** @type {any} */ ({}));
  }
  var pending = 0;
  new MutationObserver(() => {
    if (!pending) pending = setTimeout(settle, 20);
  }).observe(doc, { childList: true, subtree: true });

  win.addEventListener("online", () => {
    for (var box of boxes) box.again();
  });

  /** @param {any} given a token or what gives one; "" for nobody, whatever the page's tags say */
  function signIn(given) {
    token = given || " ";
    tell(introduce);
  }

  win.commentsvc = {
    server: server,
    has: has,
    mount: mount,
    unmount: unmount,
    signIn: signIn,
    signOut: () => signIn(0),
    scheme: paint,
    ask: (/** @type {any[]} */ ...asked) => counted((counts) => counts.ask(...asked)),
    counts: (/** @type {any} */ root) => counted((counts) => counts.fill(root || doc, tag.dataset.site)),
    on: (/** @type {string} */ name, /** @type {any} */ call) => {
      var calls = (listeners[name] = listeners[name] || []);
      calls[calls.length] = call;
      if (name === "sign-in") tell(() => ({ signs: true }));
    },
    start: (/** @type {any} */ script) => {
      start(script);
      if (doc.readyState === "loading") doc.addEventListener("DOMContentLoaded", () => start(script));
    },
  };
  win.commentsvc.start(tag);
})(window, document);
