// What the loader reads from addresses and pages, and its warnings to a page's owner. Part of the loader, and of
// after.js.
// @ts-check

/** The comment that the page's address names. */
export const asked = () => /[?&#](commentsvc|fb_comment_id)=([\w-]+)/.exec(location.href)?.[2];

/** @param {string} words @returns {any} */
export const warn = (words) => console.warn("commentsvc: " + words);

/** Query the page through another document, because elements named like members of `document` hide them.
 * @param {string} css @returns {any} */
export const find = (css) => new Document().querySelectorAll.call(document, css);
