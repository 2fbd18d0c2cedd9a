// Lists of comments and conversations as markup that the page's styles apply to: for Disqus's widgets and ours.
// @ts-check

/** @param {string} name @param {string} kind @param {any} [inside] @param {string} [href] @returns {any} */
export function part(name, kind, inside, href) {
  const node = /** @type {any} */ (document.createElement(name));
  if (kind) node.className = kind;
  if (inside) node.append(inside);
  if (href && /^https?:/.test(href)) node.href = href;
  return node;
}

/** @param {string} at @param {string} locale */
export const dayOf = (at, locale) => new Date(at).toLocaleDateString(locale);

/** @param {any[]} items @param {string} locale @param {string} kind prefix of its classes */
export function listOf(items, locale, kind) {
  const made = part("ul", `${kind}list`);
  made.style.overflowWrap = "anywhere";
  const user = kind.startsWith("dsq") ? "span" : "strong"; // pages style this element
  for (const item of items) {
    const line = part("li", `${kind}item`);
    if (item.name) {
      line.append(part(user, `${kind}user`, item.name), " ");
      line.append(part("span", `${kind}comment`, item.text), " ");
      for (const each of line.children) each.dir = "auto";
      if (item.lang != null) line.children[1].lang = item.lang;
    }
    const about = part("p", `${kind}meta`, part("a", item.name ? "" : `${kind}thread`, item.title, item.page));
    about.firstChild.dir = "auto";
    const when = item.at && part("a", "", dayOf(item.at, locale), item.href);
    about.append(" · ", when || part("span", `${kind}comment-count`, item.count));
    line.append(about);
    made.append(line);
  }
  return made;
}
