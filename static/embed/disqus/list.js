// Lists of comments and conversations where the tag of a widget stands, with the classes that pages have styled.
// @ts-check

/** @param {string} name @param {string} kind @param {any} [inside] @param {string} [href] @returns {any} */
function part(name, kind, inside, href) {
  const node = /** @type {any} */ (document.createElement(name));
  if (kind) node.className = kind;
  if (inside) node.append(inside);
  if (href && /^https?:/.test(href)) node.href = href;
  return node;
}

/** @param {any[]} items @param {string} locale */
export function list(items, locale) {
  const made = part("ul", "dsq-widget-list");
  made.style.overflowWrap = "anywhere";
  for (const item of items) {
    const line = part("li", "dsq-widget-item");
    if (item.name) {
      line.append(part("span", "dsq-widget-user", item.name), " ");
      line.append(part("span", "dsq-widget-comment", item.text), " ");
    }
    const about = part("p", "dsq-widget-meta", part("a", item.name ? "" : "dsq-widget-thread", item.title, item.page));
    about.firstChild.dir = "auto";
    const when = item.at && part("a", "", new Date(item.at).toLocaleDateString(locale), item.href);
    about.append(" · ", when || part("span", "dsq-widget-comment-count", item.count));
    line.append(about);
    made.append(line);
  }
  const tag = document.currentScript;
  if (tag) tag.after(made);
}
