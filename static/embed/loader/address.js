// What the loader reads out of addresses, and how it speaks to a page's owner. A part of the loader.
// @ts-check

/** The comment that the page's address names. */
export const asked = () => /[?&#](?:commentsvc|fb_comment_id)=([\w-]+)/.exec(location.href)?.[1] || "";

/** @param {string} words */
export const warn = (words) => console.warn(`commentsvc: ${words}`);
