// What a box needs once it is shown, or if it fails to load. The loader (embed.js) fetches this.
// @ts-check
import { asked, find, warn } from "./address.js";
import { fire, listen } from "./events.js";
import { later } from "./later.js";
import { css, round } from "./load.js";
import { version } from "./phrases.js";
import { lead, resume } from "./place.js";
import { dear } from "./still.js";
import { plain, watch } from "./watch.js";

/** Parameters from the loader. An older loader keeps the page's listeners, and passes them; a newer one passes 0.
 * @param {string} server @param {any} tag @param {any[]} boxes @param {any} spots @param {any} kept */
export function rest(server, tag, boxes, spots, kept, scheme, source, load, mount, unmount, become, grow, bare) {
  var listeners = kept || Object.create(null);
  var doc = document;
  var dark = matchMedia("(prefers-color-scheme: dark)");
  var counted = later(server, "counting.js", (it) => it({ warn })(server));
  var signing = later(server, "signing.js", (it) => it({ warn, emit, tell, attribute, signs, now: () => token }));
  var worded = later(server, "wording.js", (it) => it);
  var excused = later(server, "line.js?" + version, (it) => it({ worded, again, leave }));
  var wholly = later(server, "whole.js");
  var looking = later(server, "looking.js");
  /** What the page passed to signIn(): a token, or a function that returns one. @type {any} */
  var token = "";

  // --- colors ---

  /** The page may have changed its colors: notify the frames that this affects. */
  function hear() {
    tell((box) => {
      var before = box.seen;
      var now = scheme(box);
      box.seen = now + box.ground;
      round(box);
      return box.seen !== before && { scheme: now, ground: box.ground };
    });
  }

  /** look.js, once loaded: handles backgrounds that the loader's glance.js does not. @type {any} */
  var sees;
  var looks = 0;

  /** The page's colors here according to look.js, which is fetched if glance.js is not enough; then the frames are
   * notified. An older loader always needs it. @param {any} node @returns {any} */
  function look(node) {
    if (!node.isConnected) return { scheme: "light" }; // it has no styles
    if (!looks && !(bare && plain(node))) {
      looks = 1;
      looking((further) => {
        sees = further;
        hear();
      });
    }
    return sees ? sees(node) : !bare && { scheme: dark.matches ? "dark" : "light" };
  }

  /** Show the boxes in `node` in a scheme: "light", "dark", "auto" (the system's), or "" (the page's). Without one, all
   * boxes look at the page again. @param {any} [node] @param {string} [wanted] */
  function paint(node, wanted) {
    tell((box) => {
      if (!node?.contains(box.node)) return;
      var opt = (box.said ||= box.opt);
      box.opt = (/** @type {string} */ name) => (name === "colorscheme" && wanted) || opt(name);
    });
    hear();
  }

  /** Set up a new frame. @param {any} frame */
  function meet(frame) {
    frame.ours = true;
    watch(frame, hear);
  }

  // --- how a load ends ---

  /** @param {any} box @param {string} [state] its new state, which an older loader reports to the page itself
   * @param {string} [reason] */
  function end(box, state, reason) {
    if (state === "waiting") clean();
    if (!state || box.frame.isConnected) show(box, state); // if it has been removed, only the page is notified
    if (!state || box.told === state) return;
    box.told = state;
    emit("state", { state, reason }, box);
  }

  /** @param {any} box @param {string} [state] */
  function show(box, state) {
    if (state && !box.frame.ours) meet(box.frame);
    round(box);
    var open = /^[sr]/.test(box.state); // shown or refused
    var seen = open || (box.state === "waiting" && !box.line);
    css(box.frame, seen ? "visibility:visible;" : "visibility:hidden;height:0;padding:0;background:0;");
    if (open) {
      leave(box);
      box.seen = ""; // it hears us from now on, and the page may look otherwise by now
      hear();
    } else if (box.line || box.state === "away")
      excused(
        (it) => it.excuse(box),
        () => box.state === "away" && !box.line && bare?.(box),
      );
  }

  /** Remove the line that says that comments could not be loaded. @param {any} box */
  function leave(box) {
    if (!box.line) return;
    var focused = box.line.contains(doc.activeElement);
    box.line.remove();
    box.line = null;
    if (focused) box.frame.focus();
  }

  /** @param {any} box */
  function again(box) {
    box.frame.remove();
    load(box);
  }

  /** A box has received no message: another page has loaded in its frame, or ten seconds have passed. Out of view, it
   * gets ten more once visible (older loaders wait). @param {any} box @param {any} loaded @param {any} [asked] its frame then */
  function lose(box, loaded, asked) {
    var frame = box?.frame;
    if (!frame) return; // called for counts, or because the browser is online again
    var first = 1;
    if (asked && (asked !== frame || !frame.isConnected || (loaded ? box.here : box.state !== "waiting"))) return;
    /** @param {any} [came] */
    function away(came) {
      if (box.frame === frame && (came ? !box.here : box.state === "waiting")) become(box, "away");
    }
    if (loaded) return away(loaded);
    new IntersectionObserver((seen, observer) => {
      if (/** @type {any} */ (seen.pop()).isIntersecting) {
        observer.disconnect();
        if (first) away();
        else setTimeout(away, 10000);
      }
      first = 0;
    }).observe(frame);
  }

  // --- who reads ---

  /** An attribute of the box, or else of any tag. @param {any} box @param {string} name @returns {string} */
  function attribute(box, name) {
    return box.opt(name) || find("[data-" + name + "]")[0]?.getAttribute("data-" + name) || "";
  }

  /** Tell a box who the reader is: at once, or once the page's function has returned. @param {any} box */
  function introduce(box) {
    if (!token.call) return { token: (token || attribute(box, "token")).trim(), signs: signs(box) };
    signing((it) => it.ask(box));
  }

  /** Whether the page has its own sign-in. @param {any} box */
  function signs(box) {
    return !!(listeners["sign-in"] || attribute(box, "sign-in-url"));
  }

  /** @param {any} given a token or a function that returns one; "" signs out, whatever the page's tags say */
  function signIn(given) {
    token = given || " ";
    tell(introduce);
  }

  // --- messages from and to frames ---
  /** @param {any} box @param {any} said */
  function heed(box, said) {
    if (said.title) {
      box.frame.title = said.title;
      tell((each) => each === box && introduce(box));
    }
    if (said.height > 0) {
      resume(box);
      if (!kept) emit("resize", { height: said.height }, box);
    }
    if (said.typeface) later(server, "typeface.js")((it) => it(box, tell));
    lead(box.frame, said);
    if (/sign-(in|again)/.test(said.event)) signing((it) => it[said.event](box));
    else if (said.event) emit(said.event, said.detail, box);
  }

  /** @param {string} name @param {any} [then] unless an older loader keeps it itself */
  function on(name, then) {
    if (then) listen(listeners, name, then);
    if (name === "sign-in") tell(() => ({ signs: true }));
  }

  /** @param {string} name @param {any} detail @param {any} box */
  function emit(name, detail, box) {
    fire(listeners[name] || [], detail, box.node);
  }

  /** @param {(box: any) => any} each the message for a box, or nothing */
  function tell(each) {
    for (var box of boxes) {
      var words = each(box);
      if (words) box.frame.contentWindow?.postMessage(words, server);
    }
  }

  // --- where boxes stand ---

  /** Whether `node` contains a box of ours that works. @param {any} node */
  function has(node) {
    for (var box of boxes) if (box.node === node && node.contains(box.frame)) return 1;
  }

  /** Remove frames and elements that were copied with parts of the page, which no box uses. */
  function clean() {
    for (var made of find("[data-commentsvc]")) {
      var known = made.ours;
      for (var box of boxes) known ||= box.frame === made;
      if (!known) made.remove();
    }
  }

  /** @param {any} scripts the tags, used if the page has no containers @param {(node: any) => any} stays */
  function fill(scripts, stays) {
    unmount(0);
    clean();
    var places = find(".commentsvc[data-site]");
    for (var place of places) if (!stays(place)) mount(place);
    for (var script of scripts) put(script, places[0], stays);
  }

  /** Mark an element that we have created. @param {any} place */
  function own(place) {
    place.ours = true;
    if (place.dataset) place.dataset.commentsvc = "place"; // old libraries extend Object.prototype: it may not be an element
  }

  /** Put one box at a tag, even if several tags ask for it. @param {any} script @param {any} elsewhere @param {(node: any) => any} stays */
  function put(script, elsewhere, stays) {
    var key = script.dataset.site + " " + script.dataset.href;
    var place = (spots[key] ||= doc.createElement("div"));
    var here = doc.body?.contains(script);
    if (elsewhere || !script.dataset.site) return unmount(place);
    if (!here && doc.readyState === "loading") return;
    if (!place.isConnected) {
      own(place);
      unmount(place);
      if (here) script.after(place);
      else doc.body.appendChild(place);
    }
    if (!stays(place)) mount(place, 0, script);
  }

  /** Create the boxes that a tag asks for; a box that already shows this page stays. @param {any} script */
  function start(script) {
    if (doc.readyState === "loading") doc.addEventListener("DOMContentLoaded", () => start(script));
    else count(script);
    if (/\/(sdk|all)\b.*\.js/.test(script.src)) return; // Facebook's stand-in looks for its own tags
    fill([script], (node) => has(node) && node.at === location.href);
  }

  /** @param {any} script */
  function count(script) {
    if (find("[data-commentsvc-count]")[0]) counted((counts) => counts.fill(doc, script.dataset.site)); // in one request
  }

  /** After the page has changed, for example by a router, which runs no scripts: ensure one box per container. */
  function settle() {
    pending = 0;
    fill(find('script[data-site][src^="' + server + '/embed.js"],script[data-site][data-server]'), has);
    emit("settle", 0, 0);
  }
  var pending = 0;
  new MutationObserver(() => {
    if (!pending) pending = setTimeout(settle, 20);
  }).observe(doc, { childList: true, subtree: true });

  addEventListener("hashchange", () => {
    if (asked()) tell((box) => (box.state === "waiting" ? again(box) : { show: asked() }));
  });
  // fetch it before it is needed, while the server can still be reached
  addEventListener("blur", () => excused((it) => boxes[0] && it.learn(boxes[0])), { once: true });
  // even during a retry, which began while offline
  addEventListener("online", () => tell((box) => box.line && again(box)));
  dark.addEventListener("change", hear);

  /** Take over the boxes that the loader has created. @param {any[]} [early] calls made so far, which an older loader
   * makes itself */
  function begin(early) {
    for (var key in spots) own(spots[key]);
    for (var box of boxes) {
      meet(box.frame);
      end(box);
    }
    for (var [name, given] of early || []) does[name](...given);
    settle();
    hear();
    count(tag);
  }

  /** @type {any} */
  var does = {
    ...{ begin, look, meet, end, lose, heed, clean, start, paint, signIn, on },
    scheme: paint,
    signOut: () => signIn(0),
    grow: (/** @type {any} */ box, /** @type {any} */ apply, /** @type {number} */ to) =>
      dear(box, to) ? grow(box, apply) : apply(),
    address: (/** @type {any} */ box) => {
      var href = box.opt("href");
      if (/^[/][\w/.-]*$/.test(href)) return source(box, new URL(href, doc.baseURI).href);
      wholly(
        ([whole, old]) => source(box, box.opt("xid") ? old(href, box.opt("xid").trim()) : whole(href) || href),
        () => !source(box, href),
      );
    },
    ask: (/** @type {any[]} */ ...asked) => counted((counts) => counts.ask(...asked)),
    counts: (/** @type {any} */ root) => counted((counts) => counts.fill(root || doc, tag.dataset.site)),
  };
  return does;
}
