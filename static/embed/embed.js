// The loader: one box where its tag stands. README.md beside it says what it promises. It has what a box needs to
// be seen; loader/after.js has the rest, and comes once it is.
// @ts-check
import { asked, warn } from "./loader/address.js";
import { around, glance } from "./loader/glance.js";
import { css, dress } from "./loader/load.js";
import { prefix, version } from "./loader/phrases.js";
import { grow, moved } from "./loader/room.js";

/** @typedef {{node: any, frame: HTMLIFrameElement, ground: string, opt: (name: string) => any, [more: string]: any}} Box */
((/** @type {any} */ win, doc) => {
  /** Pages have elements named like members of `document`: ask the prototype.
   * @param {string} css @returns {any} */
  const find = (css) => Document.prototype.querySelectorAll.call(doc, css);
  const tags = find('script[src*="/embed.js"]');
  /** @type {any} */
  const tag =
    doc.currentScript instanceof HTMLScriptElement
      ? doc.currentScript
      : tags[tags.length - 1] || doc.createElement("script"); // part of a page's own module
  if (win.commentsvc?.start) return win.commentsvc.start(tag);

  // where the service is: what the page says, else where the loader came from
  const from = tag.dataset.server || find("[data-server]")[0]?.dataset.server || tag.src;
  const theirs = /^https?:\/\/[^/?#]+/.exec(from)?.[0];
  const server = theirs && theirs + prefix;
  const dark = win.matchMedia("(prefers-color-scheme: dark)");
  const listeners = Object.create(null);
  const spots = Object.create(null);
  // no methods of arrays: old libraries replace them
  /** @type {Box[]} */
  const boxes = [];
  /** The rest, once it is there, and what it is asked to do before. @type {any} */
  let rest;
  /** @type {any[]} */
  const early = [];
  /** @type {any} */
  let coming;
  /** @type {any} */
  let warned;

  /** Fetch the rest. @param {() => void} [failed] */
  function after(failed) {
    // `import` comes past a page's Trusted Types
    coming ||= import(/* webpackIgnore: true */ `${server}/embed/after.js?${version}`);
    coming.then(
      (/** @type {any} */ it) => {
        if (rest) return;
        // by their places: copies of this script that sites keep are older than the rest
        rest = it.default(
          ...[server, tag, boxes, spots, listeners, dark, find, css, warn, asked, around, moved, emit],
          ...[scheme, source, load, mount, unmount, become, grow],
        );
        rest.begin();
        for (const [name, given] of early) rest[name](...given);
      },
      () => {
        coming = 0;
        if (!warned) warn(`allow script-src ${server}, or set data-server="…".`);
        warned = 1;
        failed?.();
      },
    );
  }

  /** Something that the rest does, now or once it is there. @param {string} name */
  const call =
    (name) =>
    (/** @type {any[]} */ ...given) => {
      if (rest) return rest[name](...given);
      early[early.length] = [name, given];
    };
  const heed = call("heed");

  /** Light or dark for the frame: what was asked for, else what the page looks like at this place.
   * @param {Box} box */
  function scheme(box) {
    const page = (rest?.look || glance)(box.node);
    let wanted = box.wanted || box.opt("colorscheme");
    if (wanted === "auto") wanted = dark.matches ? "dark" : "light";
    if (!/^(dark|light)$/.test(wanted)) wanted = page.scheme;
    // Equal schemes make a frame transparent; otherwise it gets a ground of its own.
    box.ground = page.own || wanted !== page.scheme ? "Canvas" : "";
    css(box.frame, `color-scheme:${page.scheme};border-radius:${box.ground ? 8 : 0}px;`);
    box.seen = wanted + box.ground;
    return wanted;
  }

  /** @param {Box} box @param {string} href in full */
  function source(box, href) {
    let query = "colorscheme=" + scheme(box);
    let pages = win.origin;
    for (const each of location.ancestorOrigins || []) pages += " " + each;
    /** @param {string} name @param {string} [value] */
    const add = (name, value = box.opt(name)) => {
      if (value) query += "&" + name + "=" + encodeURIComponent(value);
    };
    const hint = !href && find('meta[property="og:url"],link[rel="canonical"]')[0];
    if (hint) add("hint", hint.content || hint.href);
    add("page", pages); // all of them have to be on the site's list
    add("href", href || location.href);
    add("title", box.opt("title") || doc.title);
    add("lang", doc.documentElement.lang);
    add("comment", box.opt("comment") || asked());
    for (const name of ["site", "app_id", "disqus", "numposts", "order-by", "locale"]) add(name);
    box.frame.src = server + "/embed/thread?" + query + "#" + win.origin + "|" + box.ground;
  }

  /** Take the box out of `node`, and forget those whose place is gone. @param {any} node */
  function unmount(node) {
    let kept = 0;
    for (const box of boxes)
      if (box.node === (node?.seat || node) || !box.node.isConnected) {
        box.frame.remove();
        box.line?.remove();
      } else boxes[kept++] = box;
    boxes.length = kept;
  }

  /** Put a box into `node`, instead of the one that is there; options as the data- attributes.
   * @param {any} node @param {any} [options] @param {any} [said] where the attributes are */
  function mount(node, options, said) {
    if (!server) return warn("no box: unknown server.");
    // a box needs an element to stand in: in a shadow root it gets one
    if (node.nodeType === 11) node = node.seat ||= node.appendChild(doc.createElement("div"));
    unmount(node);
    rest?.clean();
    node.at = location.href;
    /** @type {any} */
    const box = {
      node: node,
      opt: (/** @type {string} */ name) => options?.[name] || (said || node).getAttribute("data-" + name) || "",
    };
    boxes[boxes.length] = box;
    load(box);
    return box.frame;
  }

  /** @param {any} box */
  function load(box) {
    const frame = (box.frame = doc.createElement("iframe"));
    const width = box.opt("width");
    const href = box.opt("href");
    const list = box.node.querySelector(".commentsvc-comments"); // what the page's server has written stays until then
    const lose = (/** @type {any} */ loaded = 0) => {
      if (box.frame !== frame || (loaded ? box.here : box.state !== "waiting")) return;
      call("lose")(box, loaded);
      after(() => excuse(box));
    };
    if (!box.line && !/^(false|0|no|off)$/.test(box.opt("lazy"))) frame.loading = "lazy";
    frame.title = box.opt("label") || "Comments";
    frame.allow = "clipboard-write" + ("share" in navigator ? ";web-share" : "");
    css(
      frame,
      `display:block;border:0;box-sizing:content-box;max-width:100%;width:${
        /^\d+(px)?$/.test(width) ? `max(320px,${parseInt(width)}px)` : "100%"
      };`,
    );
    if (/^(https?:\/\/\w|$)/i.test(href)) source(box, href);
    else {
      call("address")(box);
      after(lose);
    }
    box.here = box.now = 0;
    become(box, "waiting");
    dress(box);
    frame.onload = () => {
      if (frame.src && !box.here) setTimeout(lose, 2500, 1);
      box.here = 0; // the next page in the frame has to speak for itself
    };
    setTimeout(lose, 10000);
    box.node.insertBefore(frame, box.line || list);
    // whether anything stands below that can be seen
    const at = frame.getBoundingClientRect().top;
    const last = doc.body.getBoundingClientRect().bottom;
    if (!list && !box.line) box.now = at < win.innerHeight && last > at + 24 ? 24 : 400;
    dress(box);
    rest?.meet(frame);
  }

  /** @param {any} box @param {string} state @param {string} [reason] */
  function become(box, state, reason) {
    if (box.state === state) return;
    box.state = state;
    box.frame.setAttribute("data-commentsvc", state);
    if (reason) warn(reason + ", " + location.origin);
    rest?.end(box);
    emit("state", { state: state, reason: reason }, box);
  }

  /** What stands there when nothing comes at all. @param {any} box */
  function excuse(box) {
    if (box.line) return;
    box.line = box.node.appendChild(doc.createElement("a"));
    box.line.href = box.frame.src;
    box.line.textContent = "The comments can’t be reached right now.";
    box.now = 0;
    dress(box);
  }

  /** @param {string} name @param {any} detail @param {any} box */
  function emit(name, detail, box) {
    for (const call of listeners[name] || []) call(detail, box.node);
  }

  win.addEventListener("message", (/** @type {MessageEvent} */ event) => {
    // in a sandbox nobody has an origin, and all that is ever heard is a refusal
    for (const box of boxes)
      if (event.source === box.frame.contentWindow && event.origin === (win.origin === "null" ? "null" : theirs)) {
        const said = event.data || 0;
        if (said.here) {
          box.here = 1;
          become(box, said.refused ? "refused" : "shown", said.refused);
        }
        if (said.height > 0) {
          const height = Math.ceil(said.height);
          (rest?.grow || grow)(
            box,
            () => {
              if (box.state === "shown") box.node.querySelector(".commentsvc-comments")?.remove();
              box.now = height;
              dress(box);
            },
            height,
          );
          emit("resize", { height: said.height }, box);
        }
        heed(box, said);
        if (said.painted) after();
      }
  });

  /** Boxes stand in the page's containers, or else where the tag is: one, however many tags ask for it.
   * @param {any} script */
  function start(script) {
    if (rest) return rest.start(script);
    const loading = doc.readyState === "loading";
    const site = script.dataset.site;
    const places = find(".commentsvc[data-site]");
    const here = doc.body?.contains(script);
    if (loading) doc.addEventListener("DOMContentLoaded", () => start(script));
    // where no box is on its way, the rest waits for nothing
    else if (find("[data-commentsvc-count]")[0]) after();
    else setTimeout(() => boxes[0] || after(), 99);
    if (/\/(sdk|all)\b.*\.js/.test(script.src)) return; // Facebook's stand-in looks for its own tags
    for (const place of places) place.at || mount(place);
    if (!places[0] && site && (here || !loading)) {
      const place = (spots[site + " " + script.dataset.href] ||= doc.createElement("div"));
      if (!place.at) {
        here ? script.after(place) : doc.body.appendChild(place);
        mount(place, 0, script);
      }
    }
  }

  win.commentsvc = {
    server: server,
    mount: mount,
    unmount: unmount,
    start: start,
    signIn: call("signIn"),
    signOut: call("signOut"),
    scheme: call("paint"),
    on: (/** @type {string} */ name, /** @type {any} */ then) => {
      const calls = (listeners[name] ||= []);
      calls[calls.length] = then;
      call("on")(name);
    },
  };
  for (const name of ["ask", "counts"])
    win.commentsvc[name] = (...given) => {
      call(name)(...given);
      after();
    };
  start(tag);
})(window, document);
