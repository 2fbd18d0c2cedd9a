// The page's typeface, where the site wants it: the page hands over names and font files (loader/typeface.js), so
// that the frame asks nobody for them. Nothing of it is trusted: names are checked, and a browser checks fonts.
// @ts-check

const MOST_FILES = 4;
const MOST_BYTES = 3e5;
const GENERIC = /^(serif|sans-serif|monospace|cursive|fantasy|math|system-ui|-apple-system|ui-[a-z-]{4,12})$/i;
/** Nothing that could end a quoted name in a style sheet. */
const NAME = /^[\p{L}\p{N}][\p{L}\p{M}\p{N} ._+&-]{0,59}$/u;
let isShown = false;

/** A file's face under a name of ours, ready to be shown; nothing, if it is no font. @param {any} file */
async function ready(file) {
  const { at, weight, style, range, data } = file;
  try {
    const more = { weight: `${weight}`, style: `${style}`, unicodeRange: `${range || "U+0-10FFFF"}`, display: "swap" };
    const face = new FontFace(alias(at), data, /** @type {any} */ (more));
    return { at, face: await face.load() };
  } catch {
    return null;
  }
}

/** What a family of the page is called here. @param {number} at its place among the names */
const alias = (at) => `page-typeface-${"abcdefgh"[at]}`;

/** Only files that are in the bounds. @param {any} files */
function sound(files) {
  let left = MOST_BYTES;
  return (Array.isArray(files) ? files : []).slice(0, MOST_FILES).filter((file) => {
    const size =
      file?.data instanceof ArrayBuffer && [0, 1, 2, 3, 4, 5, 6, 7].includes(file.at) ? file.data.byteLength : 0;
    left -= size;
    return size && left >= 0;
  });
}

/** Show the text as the page shows its own. @param {any} said */
export async function meet({ typeface: said }) {
  if (isShown || !Array.isArray(said?.names)) return;
  isShown = true;
  const found = (await Promise.all(sound(said.files).map(ready))).filter((each) => each !== null);
  for (const { face } of found) document.fonts.add(face);
  const list = said.names.slice(0, 8).flatMap((/** @type {any} */ name, /** @type {number} */ at) => {
    const own = found.some((each) => each.at === at) ? [alias(at)] : [];
    if (typeof name !== "string" || name.length > 60) return own;
    if (GENERIC.test(name)) return [...own, name];
    return NAME.test(name) ? [...own, `"${name}"`] : own;
  });
  // by a property of the document: what it holds is a value, and never a rule
  if (list.length) document.documentElement.style.setProperty("--typeface", list.join(","));
}
