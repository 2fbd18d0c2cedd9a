// What the loader says, by language; the server puts the words of a few here (commentsvc/embed/script.py), and the
// loader fetches the others.
// @ts-check
/** @type {Record<string, Record<string, string>>} */
export const phrases = {};
/** The path under which the service stands on its host; the server writes it where it is used. */
export const prefix = "";
