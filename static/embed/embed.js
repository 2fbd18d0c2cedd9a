// The loader: one box at its tag. README.md in this folder says what it promises. It has what a box needs to be
// shown; loader/after.js has the rest, and is fetched afterwards.
// @ts-check
import { asked, find, warn } from "./loader/address.js";
import { glance } from "./loader/glance.js";
import { css, dress } from "./loader/load.js";
import { prefix, sdk, version } from "./loader/phrases.js";
import { grow } from "./loader/room.js";

/** @typedef {{node: any, frame: HTMLIFrameElement, ground: string, opt: (name: string) => any, [more: string]: any}} Box */
((doc) => {
  /** @type {any} */
  let tag = doc.createElement("script"); // if the loader is in a page's own bundle
  for (tag of find('script[src*="/embed.js"]'));
  if (/Script/.test(/** @type {any} */ (doc.currentScript))) tag = doc.currentScript;
  // Facebook's stand-in looks for its own tags
  if (/** @type {any} */ (window).commentsvc?.start)
    return /** @type {any} */ (window).commentsvc.start(sdk ? doc.createElement("script") : tag);

  // the server's address: what the page says, else where the loader came from
  const from = tag.dataset.server || find("[data-server]")[0]?.dataset.server || tag.src;
  const theirs = /^https?:..[^/?#]+/.exec(from)?.[0];
  const server = theirs + prefix;
  const spots = {};
  // no array methods: old libraries replace them
  /** @type {Box[]} */
  const boxes = [];
  /** after.js, once it is loaded (`early`: calls made before). @type {any} */
  let rest;
  /** Before the next try to fetch it, in milliseconds. @type {any} */
  let pause;
  /** @type {any[]} */
  const early = [];

  /** A function of after.js, called now or once it is loaded. @param {string} name */
  const call =
    (name) =>
    (/** @type {any[]} */ ...given) => {
      if (rest) return rest[name](...given);
      early[early.length] = [name, given];
      if (name < "d") after(); // address, ask, counts
    };

  /** The frame's scheme, light or dark: the one requested, else what suits the page here.
   * @param {Box} box */
  function scheme(box) {
    const page = rest?.look(box.node) || glance(box.node);
    let wanted = box.opt("colorscheme");
    if (wanted === "auto") wanted = matchMedia("(prefers-color-scheme:dark)").matches ? "dark" : "light";
    wanted = /dark|light/.exec(wanted)?.[0] || page.scheme;
    // A frame is transparent only if its scheme is the page's; otherwise it gets a background.
    box.ground = page.own || wanted !== page.scheme ? "Canvas" : "";
    css(box.frame, `color-scheme:${page.scheme};`);
    return wanted;
  }

  /** @param {Box} box @param {string} href in full */
  function source(box, href) {
    let query = server + "/embed/thread?";
    /** @param {string} name @param {string} [value] */
    const add = (name, value = box.opt(name)) => {
      if (value) query += `&${name}=${encodeURIComponent(value)}`;
    };
    const hint = !href && find("[property='og:url'],[rel=canonical]")[0];
    add("colorscheme", scheme(box));
    add("hint", hint?.content || hint?.href);
    add("page", /** @type {any} */ ([origin, ...(location.ancestorOrigins || [])])); // all must be on the site's list
    add("href", href || location.href);
    add("title", box.opt("title") || doc.title);
    add("lang", doc.documentElement.lang);
    add("comment", box.opt("comment") || asked());
    for (const name of "app_id disqus site order-by locale numposts tags".split(" ")) add(name);
    box.frame.src = query + "#" + origin + "|" + box.ground;
  }

  /** Put a box into `node`, replacing the one there; options are named like the data- attributes.
   * @param {any} node @param {any} [options] @param {any} [said] where the attributes are */
  function mount(node, options, said) {
    if (!theirs) return warn("set data-server.");
    // a box needs a parent element: in a shadow root it gets one
    if (node.nodeType > 9) node = node.seat ||= node.appendChild(doc.createElement("div"));
    unmount(node);
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
    const width = /** @type {any} */ ((box.opt("width") + "").replace("px", "")) | 0;
    const href = box.opt("href");
    // the list from the page's server stays until the box is shown
    const list = (box.list = box.node.querySelector(".commentsvc-comments"));
    frame.title = box.opt("label") || "Comments";
    frame.allow = "clipboard-write" + (!navigator.share ? "" : ";web-share");
    css(
      frame,
      `height:0;min-height:0;min-width:0;max-height:none;display:block;position:static;border:0;max-width:100%;width:${width ? `max(320px,${width}px)` : "100%"};`,
    );
    /^https?:|^$/.test(href) ? source(box, href) : call("address")(box);
    // a link to a comment leads here, however far it is
    if (!/^[0fn]|^of|&com/.test(box.opt("lazy") + frame.src) && !box.line) frame.loading = "lazy";
    box.node.insertBefore(frame, box.line || list);
    become(box, "waiting");
    // whether there is visible content below
    const at = frame.getBoundingClientRect().top;
    // what is lazy is asked for one picture later; an empty word is "eager"
    if (at < innerHeight) /** @type {any} */ (frame).loading = "";
    box.now = list || box.line ? 0 : at < innerHeight && doc.body.getBoundingClientRect().bottom > at + 24 ? 24 : 400;
    dress(box);
    setTimeout(after, 10000, box, frame);
    frame.onload = () => {
      if (!box.here) setTimeout(after, 2500, box, frame, 1);
      box.here = 0; // the next page in the frame must say hello itself
    };
  }

  /** @param {any} box @param {string} state @param {string} [reason] */
  function become(box, state, reason) {
    box.state = state;
    box.frame.dataset.commentsvc = state;
    if (reason) warn(reason + ", " + origin);
    call("end")(box, state, reason);
  }

  /** Fetch after.js, also for a box whose frame has sent no message: another page loaded, or 10 seconds have passed.
   * @param {any} [box] @param {any} [frame] @param {any} [loaded] */
  function after(box, frame, loaded) {
    // Trusted Types allow `import`, which fetches a file only once
    import(/* webpackIgnore: true */ server + "/embed/after.js?" + version).then(
      (/** @type {any} */ it) => {
        if (!rest) {
          // by position: sites keep older copies of this script
          rest = it.default(
            ...[server, tag, boxes, spots, 0, 0, 0, 0, 0, 0, 0, 0, 0],
            ...[scheme, source, load, mount, unmount, become, grow, bare],
          );
          rest.begin(early);
        }
        rest.lose(box, loaded, frame);
      },
      () => {
        // it may only have been the network, or the service begins anew; the same listener is added once
        addEventListener("online", after);
        // less and less often, and then at odd times, within three hours
        pause = (pause * 4) % 1e7 || warn("set data-server, script-src.") || 1e4;
        setTimeout(after, pause);
        if (box?.state === "waiting") {
          become(box, "away");
          bare(box);
        }
      },
    );
  }

  /** Show a plain link instead of the box, when after.js cannot be fetched. @param {any} box */
  function bare(box) {
    box.line = box.node.appendChild(doc.createElement("a"));
    box.line.href = box.frame.src;
    box.line.append("The comments can’t be reached right now.");
    box.now = 0;
    dress(box);
  }

  addEventListener("message", ({ source: whose, origin: from, data: said }) => {
    // in a sandbox the origin is "null", and the only message is a refusal
    for (const box of boxes)
      if (whose === box.frame.contentWindow && from === (origin === "null" ? origin : theirs)) {
        if (said.here) {
          box.here = 1;
          become(box, said.refused ? "refused" : "shown", said.refused);
        }
        const apply = () => {
          if (box.state === "shown") box.list?.remove();
          box.now = said.height;
          dress(box);
        };
        if (said.height) (rest?.grow || grow)(box, apply, said.height);
        call("heed")(box, said);
        if (said.painted) after();
      }
  });

  /** Put boxes into the page's containers, or else one at the tag, even if several tags ask for it.
   * @param {any} script */
  function start(script) {
    if (rest) return rest.start(script);
    const isReady = doc.readyState[7]; // no longer "loading"
    const { site, href } = script.dataset;
    const places = find(".commentsvc[data-site]");
    const here = doc.body?.contains(script);
    if (!isReady) doc.addEventListener("DOMContentLoaded", () => start(script));
    // without a box, nothing else would fetch after.js
    else find("[data-commentsvc-count]")[0] ? after() : setTimeout(() => boxes[0] || after(), 99);
    for (const place of places) place.at || mount(place);
    if (!places[0] && site && (here || isReady)) {
      const place = (spots[site + " " + href] ||= doc.createElement("div"));
      if (!place.at) {
        here ? script.after(place) : doc.body.appendChild(place);
        mount(place, 0, script);
      }
    }
  }

  /** Remove the box from `node`, and forget boxes whose element is gone. @param {any} node */
  function unmount(node) {
    let kept = 0;
    for (const box of boxes)
      if (box.node === (node?.seat || node) || !box.node.isConnected) {
        box.frame.remove();
        box.line?.remove();
      } else boxes[kept++] = box;
    boxes.length = kept;
  }

  /** @type {any} */ (window).commentsvc = { unmount: unmount, server: server, start: start, mount: mount };
  for (const name of "ask signIn on scheme signOut counts".split(" ")) {
    /** @type {any} */ (window).commentsvc[name] = call(name);
  }
  start(sdk ? doc.createElement("script") : tag);
})(document);
