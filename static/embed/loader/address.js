// What the loader reads out of addresses and pages, and how it speaks to a page's owner. A part of the loader, and of
// what comes after it.
// @ts-check

/** The comment that the page's address names. */
export const asked = () => /[?&#](commentsvc|fb_comment_id)=([\w-]+)/.exec(location.href)?.[2] || "";

/** @param {string} words @returns {any} */
export const warn = (words) => console.warn("commentsvc: " + words);

/** Pages have elements named like members of `document`: ask one that has none.
 * @param {string} css @returns {any} */
export const find = (css) => new Document().querySelectorAll.call(document, css);
