// What a box does once it is seen, and what becomes of one that is not. The loader fetches this (embed.js).
// @ts-check
import { asked, warn } from "./address.js";
import { later } from "./later.js";
import { foreign, line } from "./line.js";
import { look, watch } from "./look.js";
import { phrases } from "./phrases.js";
import { resume } from "./place.js";
import { dear } from "./still.js";
import { whole } from "./whole.js";

/** @param {any} page what the loader has */
export function rest(page) {
  var { server, tag, boxes, spots, listeners, dark, find, css } = page;
  var win = /** @type {any} */ (window);
  var doc = document;
  var counted = later(server, "counting.js", (it) => it({ warn })(server));
  var signing = later(server, "signing.js", (it) =>
    it({ warn, emit: page.emit, tell, attribute, signs, now: () => token }),
  );
  var worded = later(server, "wording.js", (it) => Object.assign(phrases, it));
  /** What the page says of its reader by a call: a token, or what gives one. @type {any} */
  var token = "";

  // --- colors ---

  /** The page may look otherwise now: tell the frames for which it does. */
  function hear() {
    tell((box) => {
      var before = box.seen;
      var now = page.scheme(box);
      return box.seen !== before && { scheme: now, ground: box.ground };
    });
  }

  /** Show the boxes in `node` in this scheme: "light", "dark", "auto" (the reader's system), or "" (the page).
   * Without arguments all boxes look at the page again. @param {any} [node] @param {string} [wanted] */
  function paint(node, wanted) {
    for (var box of boxes) if (node && node.contains(box.node)) box.wanted = wanted || "";
    hear();
  }

  /** A frame is new. @param {any} frame */
  function meet(frame) {
    frame.ours = true;
    watch(frame, hear);
  }

  // --- how a load ends ---

  /** @param {any} box */
  function end(box) {
    var open = /^(shown|refused)$/.test(box.state);
    var seen = open || (box.state === "waiting" && !box.line);
    css(box.frame, seen ? "visibility:visible;" : "visibility:hidden;height:0;padding:0;background:none;");
    if (box.state === "away") excuse(box);
    else if (open) leave(box);
    // now, so that a browser has them when the service does not answer
    if (box.state !== "waiting" && foreign(box)) learn(box);
  }

  /** @param {any} box */
  function excuse(box) {
    if (box.line) return busy(box, false);
    box.line = line(box, () => again(box));
    box.line.ours = true;
    box.node.appendChild(box.line);
  }

  /** Whether another try is under way. The button keeps the focus. @param {any} box @param {boolean} on */
  function busy(box, on) {
    box.line.style.opacity = on ? 0.5 : 1;
    box.line.querySelector("button").setAttribute("aria-disabled", on);
  }

  /** The line has had its time. @param {any} box */
  function leave(box) {
    if (!box.line) return;
    var focused = box.line.contains(doc.activeElement);
    box.line.remove();
    box.line = null;
    if (focused) box.frame.focus();
  }

  /** Fetch the words of other languages, and write the line again if it stands there. @param {any} box */
  function learn(box) {
    worded(() => {
      if (!box.line) return;
      leave(box);
      excuse(box);
    });
  }

  /** @param {any} box */
  function again(box) {
    if (box.state !== "away") return;
    busy(box, true);
    box.frame.remove();
    page.load(box);
  }

  /** A box has not had a word of ours: something else has loaded, or ten seconds have passed, which count from when
   * somebody can see it. @param {any} box @param {any} loaded */
  function lose(box, loaded) {
    var frame = box.frame;
    var first = true;
    /** @param {any} [came] */
    function away(came) {
      if (box.frame === frame && (came ? !box.here : box.state === "waiting")) page.become(box, "away");
    }
    if (loaded) return away(loaded);
    new IntersectionObserver((seen, observer) => {
      if (seen[seen.length - 1].isIntersecting) {
        observer.disconnect();
        if (first) away();
        else setTimeout(away, 10000);
      }
      first = false;
    }).observe(frame);
  }

  // --- who reads ---

  /** An attribute of the box, or else of any tag. @param {any} box @param {string} name @returns {string} */
  function attribute(box, name) {
    var node = find("[data-" + name + "]")[0];
    return box.opt(name) || (node && node.getAttribute("data-" + name)) || "";
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
    if (said.height > 0) resume(box);
    if (said.y >= 0) win.scrollBy(0, box.frame.getBoundingClientRect().top + said.y - 80);
    if (/^sign-(in|again)$/.test(said.event)) signing((it) => it[said.event](box));
    else if (said.event) page.emit(said.event, said.detail, box);
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
    for (var box of boxes) if (box.node === node && node.contains(box.frame)) return true;
  }

  /** Take out what copies of pages hold of us: frames nobody hears, and places nobody knows. */
  function clean() {
    for (var made of find("[data-commentsvc]")) {
      var known = made.ours;
      for (var box of boxes) known = known || box.frame === made;
      if (!known) made.remove();
    }
  }

  /** @param {any} scripts the tags, which count where the page has no containers @param {(node: any) => any} stays */
  function fill(scripts, stays) {
    page.unmount(0);
    clean();
    var places = find(".commentsvc[data-site]");
    for (var place of places) if (!stays(place)) page.mount(place);
    for (var script of scripts) put(script, places[0], stays);
  }

  /** One box, however many tags ask for it. @param {any} script @param {any} elsewhere @param {(node: any) => any} stays */
  function put(script, elsewhere, stays) {
    var key = script.dataset.site + " " + script.dataset.href;
    var place = (spots[key] = spots[key] || doc.createElement("div"));
    var here = doc.body && doc.body.contains(script);
    if (elsewhere || !script.dataset.site) return page.unmount(place);
    if (!here && doc.readyState === "loading") return;
    if (!place.isConnected) {
      place.ours = true;
      place.setAttribute("data-commentsvc", "place");
      page.unmount(place);
      if (here) script.after(place);
      else doc.body.appendChild(place);
    }
    if (!stays(place)) page.mount(place, 0, script);
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

  /** The page has changed: routers put bodies in place of others, from copies that they keep, and do not
   * run the scripts in them again. Whatever should hold a box holds one, and one only. */
  function settle() {
    pending = 0;
    fill(find('script[data-site][src^="' + server + '/embed.js"],script[data-site][data-server]'), has);
    page.emit("settle", 0, 0);
  }
  var pending = 0;
  new MutationObserver(() => {
    if (!pending) pending = setTimeout(settle, 20);
  }).observe(doc, { childList: true, subtree: true });

  win.addEventListener("hashchange", () => {
    if (asked()) tell(() => ({ show: asked() }));
  });
  win.addEventListener("online", () => {
    for (var box of boxes) again(box);
  });
  dark.addEventListener("change", hear);

  /** The loader has put boxes into the page before. */
  function begin() {
    for (var key in spots) {
      spots[key].ours = true;
      spots[key].setAttribute("data-commentsvc", "place");
    }
    for (var box of boxes) {
      meet(box.frame);
      if (box.line) leave(box);
      end(box);
    }
    settle();
    hear();
    count(tag);
  }

  return {
    ...{ begin, look, meet, end, lose, heed, clean, start, paint, signIn },
    signOut: () => signIn(0),
    grow: (/** @type {any} */ box, /** @type {any} */ apply, /** @type {number} */ to) =>
      dear(box, to) ? page.grow(box, apply) : apply(),
    address: (/** @type {any} */ box) => page.source(box, whole(box.opt("href")) || box.opt("href")),
    on: (/** @type {string} */ name) => name === "sign-in" && tell(() => ({ signs: true })),
    ask: (/** @type {any[]} */ ...asked) => counted((counts) => counts.ask(...asked)),
    counts: (/** @type {any} */ root) => counted((counts) => counts.fill(root || doc, tag.dataset.site)),
  };
}
