// The phrases of the page's language; the server inserts them (commentsvc/embed/script.py).
// @ts-check
/** @type {Record<string, string>} */
export const phrases = {};
