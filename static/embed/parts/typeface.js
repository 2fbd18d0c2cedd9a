// The page's typeface, if the site wants it: the page sends names and font files (loader/typeface.js), so the frame
// fetches none itself. Nothing in them is trusted: names are checked here, and the browser checks fonts.
// @ts-check

const MOST_FILES = 4;
const MOST_BYTES = 3e5;
const GENERIC = /^(serif|sans-serif|monospace|cursive|fantasy|math|system-ui|-apple-system|ui-[a-z-]{4,12})$/i;
/** Names with nothing that could end a quoted name in a style sheet. */
const NAME = /^[\p{L}\p{N}][\p{L}\p{M}\p{N} ._+&-]{0,59}$/u;
let isShown = false;

/** A loaded font face under a name of ours; nothing if the file is not a font. @param {any} file */
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

/** Our name for a font family of the page. @param {number} at its place among the names */
const alias = (at) => `page-typeface-${"abcdefgh"[at]}`;

/** The files within the limits. @param {any} files */
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
  // set as a custom property: its text can only be a value, never a rule
  if (list.length) document.documentElement.style.setProperty("--typeface", list.join(","));
}
