// Recent comments, the most discussed pages and single comments, in elements that request them. It is a separate
// script: pages with a box do not need it, and pages with a list need no box.
// @ts-check
import { dayOf, listOf, part } from "./lists/draw.js";

const tag = /** @type {any} */ (document.currentScript);
const server = tag?.dataset.server || tag?.src.replace(/\/embed\/lists\.js.*$/, "");
const KINDS = ["recent", "discussed"];
let pending = 0;

/** @param {any} node @param {string} name */
const said = (node, name) => node.getAttribute(`data-${name}`) || tag?.dataset[name] || "";

/** Fetch what an element requests, as a script, because a page's policy may forbid connections. The element keeps its
 * content until then, and if there is nothing to show.
 * @param {any} node @param {string} path @param {Record<string, string>} query @param {(found: any) => any} draw */
function fill(node, path, query, draw) {
  let address = `${server}/embed/${path}?page=${encodeURIComponent(location.origin)}`;
  for (const name in query) if (query[name]) address += `&${name}=${encodeURIComponent(query[name])}`;
  import(/* webpackIgnore: true */ address).then(
    ({ default: found }) => {
      const made = draw(found);
      if (!made) return;
      made.lang = found.locale;
      made.dir = found.dir;
      node.replaceChildren(made);
    },
    () => console.warn(`commentsvc: could not load ${address}`),
  );
}

/** @param {any} node */
function list(node) {
  const kind = node.getAttribute("data-commentsvc-list");
  if (KINDS.indexOf(kind) < 0)
    return console.warn(`commentsvc: data-commentsvc-list must be one of ${KINDS.join(", ")}`);
  const query = { site: said(node, "site"), limit: said(node, "limit"), locale: said(node, "locale") };
  fill(
    node,
    kind,
    { ...query, lang: document.documentElement.lang },
    ({ items, locale }) => items.length && listOf(items, locale, "commentsvc-"),
  );
}

/** @param {any} node */
function quote(node) {
  const query = { id: node.getAttribute("data-commentsvc-comment"), locale: said(node, "locale") };
  fill(node, "quote", { ...query, lang: document.documentElement.lang }, (found) => {
    const made = part("blockquote", "commentsvc-quote");
    made.cite = found.href;
    const text = part("p", "commentsvc-comment", found.text);
    text.dir = "auto";
    if (found.lang != null) text.lang = found.lang;
    text.style.cssText = "white-space:pre-line;overflow-wrap:anywhere";
    const about = part("footer", "commentsvc-meta", part("cite", "commentsvc-user", found.name));
    about.append(" · ", part("a", "", dayOf(found.at, found.locale), found.href));
    about.append(" · ", part("a", "commentsvc-thread", found.title, found.page));
    for (const each of [about.firstChild, about.lastChild]) each.dir = "auto";
    made.append(text, about);
    return made;
  });
}

/** Fill each element once, and again when its attributes change. */
function look() {
  pending = 0;
  for (const node of /** @type {any} */ (
    document.querySelectorAll("[data-commentsvc-list],[data-commentsvc-comment]")
  )) {
    const asked = JSON.stringify(Object.assign({}, node.dataset));
    if (node.commentsvcAsked === asked) continue;
    node.commentsvcAsked = asked;
    node.hasAttribute("data-commentsvc-list") ? list(node) : quote(node);
  }
}

new MutationObserver(() => {
  if (!pending) pending = setTimeout(look, 20);
}).observe(document, { childList: true, subtree: true });
look();
