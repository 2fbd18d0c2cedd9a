// What the loader says, by language; the server puts the words here (commentsvc/embed/script.py).
// @ts-check
/** @type {Record<string, Record<string, string>>} */
export const phrases = {};
