// What a box does once it is seen, and what becomes of one that is not. The loader fetches this (embed.js).
// @ts-check
import { asked, find, warn } from "./address.js";
import { fire, listen } from "./events.js";
import { later } from "./later.js";
import { css, round } from "./load.js";
import { version } from "./phrases.js";
import { resume } from "./place.js";
import { dear } from "./still.js";
import { plain, watch } from "./watch.js";

/** What the loader has. An older one keeps the page's listeners itself, and gives them; a newer one gives 0.
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
  /** What the page says of its reader by a call: a token, or what gives one. @type {any} */
  var token = "";

  // --- colors ---

  /** The page may look otherwise now: tell the frames for which it does. */
  function hear() {
    tell((box) => {
      var before = box.seen;
      var now = scheme(box);
      box.seen = now + box.ground;
      round(box);
      return box.seen !== before && { scheme: now, ground: box.ground };
    });
  }

  /** Sees what the loader's own look does not. @type {any} */
  var sees;
  var looks = 0;

  /** What the page looks like here, if the loader's own look is not enough and the other is there: it is fetched,
   * and then the frames hear of it. An older loader cannot do without. @param {any} node @returns {any} */
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
    for (var box of boxes) if (node && node.contains(box.node)) want(box, wanted || "");
    hear();
  }

  /** @param {any} box @param {string} wanted instead of what its attribute says */
  function want(box, wanted) {
    var opt = (box.said ||= box.opt);
    box.wanted = wanted;
    box.opt = (/** @type {string} */ name) => (name === "colorscheme" && box.wanted) || opt(name);
  }

  /** A frame is new. @param {any} frame */
  function meet(frame) {
    frame.ours = true;
    watch(frame, hear);
  }

  // --- how a load ends ---

  /** @param {any} box @param {string} [state] what has become of it, which an older loader tells the page itself
   * @param {string} [reason] */
  function end(box, state, reason) {
    if (state === "waiting") clean();
    if (!state || box.frame.isConnected) show(box, state); // else it is gone by now, and only the page hears of it
    if (!state || box.told === state) return;
    box.told = state;
    emit("state", { state, reason }, box);
  }

  /** @param {any} box @param {string} [state] */
  function show(box, state) {
    if (state && !box.frame.ours) meet(box.frame);
    round(box);
    var open = /shown|refused/.test(box.state);
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

  /** The line has had its time. @param {any} box */
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

  /** A box has not had a word of ours: something else has loaded, or ten seconds have passed since somebody could see it
   * (an older loader made sure of that). @param {any} box @param {any} loaded @param {any} [asked] its frame then */
  function lose(box, loaded, asked) {
    var frame = box?.frame;
    if (!frame) return; // the counts are wanted, or the browser says that it is online
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
    var node = find("[data-" + name + "]")[0];
    return box.opt(name) || node?.getAttribute("data-" + name) || "";
  }

  /** What a box is told of who sits here: at once, or by the page's function. @param {any} box */
  function introduce(box) {
    if (!token.call) return { token: (token || attribute(box, "token")).trim(), signs: signs(box) };
    signing((it) => it.ask(box));
  }

  /** Whether the page signs its readers in by itself. @param {any} box */
  function signs(box) {
    return !!(listeners["sign-in"] || attribute(box, "sign-in-url"));
  }

  /** @param {any} given a token or what gives one; "" for nobody, whatever the page's tags say */
  function signIn(given) {
    token = given || " ";
    tell(introduce);
  }

  // --- what frames say, and are told ---
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
    if (said.y >= 0) scrollBy(0, box.frame.getBoundingClientRect().top + said.y - 80);
    if (/sign-(in|again)/.test(said.event)) signing((it) => it[said.event](box));
    else if (said.event) emit(said.event, said.detail, box);
  }

  /** @param {string} name @param {any} [then] which an older loader keeps itself */
  function on(name, then) {
    if (then) listen(listeners, name, then);
    if (name === "sign-in") tell(() => ({ signs: true }));
  }

  /** @param {string} name @param {any} detail @param {any} box */
  function emit(name, detail, box) {
    fire(listeners[name] || [], detail, box.node);
  }

  /** @param {(box: any) => any} each what a box is told; nothing, where there is nothing to say */
  function tell(each) {
    for (var box of boxes) {
      var words = each(box);
      if (words) box.frame.contentWindow?.postMessage(words, server);
    }
  }

  // --- where boxes stand ---

  /** Whether `node` holds a box that hears us. @param {any} node */
  function has(node) {
    for (var box of boxes) if (box.node === node && node.contains(box.frame)) return 1;
  }

  /** Take out what copies of pages hold of us: frames nobody hears, and places nobody knows. */
  function clean() {
    for (var made of find("[data-commentsvc]")) {
      var known = made.ours;
      for (var box of boxes) known ||= box.frame === made;
      if (!known) made.remove();
    }
  }

  /** @param {any} scripts the tags, which count where the page has no containers @param {(node: any) => any} stays */
  function fill(scripts, stays) {
    unmount(0);
    clean();
    var places = find(".commentsvc[data-site]");
    for (var place of places) if (!stays(place)) mount(place);
    for (var script of scripts) put(script, places[0], stays);
  }

  /** A place that we have made. @param {any} place */
  function own(place) {
    place.ours = true;
    if (place.dataset) place.dataset.commentsvc = "place"; // old libraries leave things in every object
  }

  /** One box, however many tags ask for it. @param {any} script @param {any} elsewhere @param {(node: any) => any} stays */
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

  /** A tag asks for its boxes; one that shows this page already stays. @param {any} script */
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

  /** The page has changed, as by routers, which do not run scripts again: what should hold a box holds one, and only one. */
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
    if (asked()) tell(() => ({ show: asked() }));
  });
  // a browser should have it before the service does not answer
  addEventListener("blur", () => excused((it) => boxes[0] && it.learn(boxes[0])), { once: true });
  addEventListener("online", () => {
    for (var box of boxes) if (box.line) again(box); // also where a try is under way: it began without a network
  });
  dark.addEventListener("change", hear);

  /** The loader has put boxes into the page before. @param {any[]} [early] what it was asked to do, which an older
   * one asks for itself */
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
