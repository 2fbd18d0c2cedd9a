// The page's own typeface, for a box whose site wants it: the font families of the page's text around the box, and
// their font files on the page's own origin. after.js fetches this when a frame asks.
// @ts-check
var MOST_FILES = 4;
var MOST_BYTES = 3e5;
var MOST_NAMES = 8;
var MOST_RULES = 2e4;

/** A family name for comparison: without quotes and escapes. @param {string} name */
const bareName = (name) =>
  name
    .trim()
    .replace(/^(["'])(.*)\1$/, "$2")
    .replace(/\\(.)/g, "$1");

/** The font families of the page's text at `node`, in order. @param {any} node @returns {string[]} */
function families(node) {
  var found = getComputedStyle(node).fontFamily.match(/(?:"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[^,"'])+/g) || [];
  var names = [];
  for (var each of found) if (names.length < MOST_NAMES) names[names.length] = bareName(each);
  return names;
}

/** Whether styles for these media apply now. @param {any} media */
const counts = (media) => !media || !media.mediaText || matchMedia(media.mediaText).matches;

/** All `@font-face` rules that can be read, with their base addresses.
 * @returns {{style: CSSStyleDeclaration, base: string}[]} */
function rules() {
  /** @type {any[]} */
  var found = [];
  var left = MOST_RULES;
  /** @param {any} sheet */
  function read(sheet) {
    if (!sheet || sheet.disabled || !counts(sheet.media)) return;
    try {
      walk(sheet.cssRules, sheet.href || document.baseURI);
    } catch {} // from another origin: not readable
  }
  /** @param {any} list @param {string} base */
  function walk(list, base) {
    for (var i = 0; i < list.length && left-- > 0; i++) {
      var rule = list[i];
      if (rule instanceof CSSFontFaceRule) found[found.length] = { style: rule.style, base: base };
      else if (rule instanceof CSSImportRule) read(rule.styleSheet);
      else if (rule.cssRules && !rule.selectorText && counts(rule.media)) walk(rule.cssRules, base);
    }
  }
  for (var sheet of document.styleSheets) read(sheet);
  for (sheet of document.adoptedStyleSheets || []) read(sheet);
  return found;
}

/** The first address in a rule that is on the page's own origin; "" if there is none.
 * @param {any} style @param {string} base */
function address(style, base) {
  var source = style.getPropertyValue("src");
  var url = /url\((?:"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'|([^)"']*))\)(?:\s*format\(["']?([\w-]*))?/g;
  for (var found = url.exec(source); found; found = url.exec(source)) {
    if (found[4] && !/^(woff|truetype|opentype)/.test(found[4])) continue;
    try {
      var whole = new URL((found[1] || found[2] || found[3]).trim().replace(/\\(.)/g, "$1"), base);
      if (whole.origin === location.origin && /^http/.test(whole.protocol) && !/\.(eot|svg)$/.test(whole.pathname))
        return whole.href;
    } catch {} // not an address
  }
  return "";
}

/** A weight or a range of weights, as numbers. @param {string} said @returns {[number, number]} */
function weights(said) {
  var found = (said || "400").replace("normal", "400").replace("bold", "700").match(/\d+/g) || ["400"];
  return [+found[0], +(found[1] || found[0])];
}

/** Whether the page has loaded the file of this rule for its own text. @param {any} said @param {string} family */
function isLoaded(said, family) {
  for (var face of document.fonts)
    if (
      face.status === "loaded" &&
      bareName(face.family).toLowerCase() === family &&
      weights(face.weight) + "" === weights(said.weight) + "" &&
      face.style === said.style &&
      (face.unicodeRange || ALL).toLowerCase() === (said.range || ALL).toLowerCase()
    )
      return true;
}
var ALL = "U+0-10FFFF";

/** The priority of a file, from 0: files that the page has loaded come first; regular before bold and italic.
 * -1: not wanted. @param {any} said @param {string} family */
function turn(said, family) {
  var [least, most] = weights(said.weight);
  var rank = least <= 400 && most >= 400 ? 0 : least <= 700 && most >= 700 ? 1 : 2;
  var slanted = said.style !== "normal";
  if (isLoaded(said, family)) return rank + (slanted ? 3 : 0);
  return rank > 1 || slanted || said.range ? -1 : rank + 6;
}

/** The files to fetch, by priority. @param {string[]} names @returns {any[]} */
function wanted(names) {
  /** @type {any[][]} */
  var turns = [[], [], [], [], [], [], [], []];
  var all = rules();
  for (var at = 0; at < names.length; at++)
    for (var rule of all) {
      var family = names[at].toLowerCase();
      var said = {
        at: at,
        weight: rule.style.getPropertyValue("font-weight") || "400",
        style: rule.style.getPropertyValue("font-style") || "normal",
        range: rule.style.getPropertyValue("unicode-range"),
        href: "",
      };
      if (bareName(rule.style.getPropertyValue("font-family")).toLowerCase() !== family) continue;
      var mine = turn(said, family);
      said.href = mine < 0 ? "" : address(rule.style, rule.base);
      if (said.href) turns[mine][turns[mine].length] = said;
    }
  var files = [];
  for (var some of turns) for (said of some) if (files.length < MOST_FILES) files[files.length] = said;
  return files;
}

/** The bytes of a font file; nothing if it is too large, not a font, or missing. @param {string} href @param {number} left
 * @param {AbortSignal} signal @returns {Promise<ArrayBuffer | undefined>} */
async function fetched(href, left, signal) {
  // most are in the page's cache, and none may come from another origin
  var answer = await fetch(href, { mode: "same-origin", cache: "force-cache", signal: signal });
  if (!answer.ok || !answer.body) return;
  var whole = new Uint8Array(left + 4);
  var size = 0;
  var reader = answer.body.getReader();
  for (var piece = await reader.read(); !piece.done; piece = await reader.read()) {
    if (size + piece.value.length > left) return void reader.cancel();
    whole.set(piece.value, size);
    size += piece.value.length;
  }
  // wOF2, wOFF, OTTO, true, or the version of TrueType
  var magic = new DataView(whole.buffer).getUint32(0).toString(16);
  if (/^(774f46(32|46)|4f54544f|74727565|10000)$/.test(magic)) return whole.buffer.slice(0, size);
}

/** Send the page's typeface to a box. @param {any} box
 * @param {(each: (box: any) => any) => void} tell sends each frame its message, and no other window */
export async function typeface(box, tell) {
  var end = new AbortController();
  setTimeout(() => end.abort(), 8000);
  await Promise.race([document.fonts.ready, new Promise((done) => setTimeout(done, 3000))]);
  var frame = box.frame;
  if (!frame.isConnected) return;
  var names = families(box.node);
  var files = [];
  var left = MOST_BYTES;
  for (var { at, weight, style, range, href } of wanted(names)) {
    var data = await fetched(href, left, end.signal).catch(() => {});
    if (!data) continue;
    left -= data.byteLength;
    files[files.length] = { at: at, weight: weight, style: style, range: range, data: data };
  }
  if (names[0]) tell((each) => each === box && box.frame === frame && { typeface: { names: names, files: files } });
}
