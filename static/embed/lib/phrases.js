// The phrases of the page's language; the server puts them here (commentsvc/embed/script.py).
// @ts-check
/** @type {Record<string, string>} */
export const phrases = {};
