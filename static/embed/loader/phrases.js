// Phrases that boxes show on the page, by language; the server inserts a few languages (commentsvc/embed/script.py),
// and the others are fetched.
// @ts-check
/** @type {Record<string, Record<string, string>>} */
export const phrases = {};
/** The path prefix of the service on its host; the server inserts it where it is used. */
export const prefix = "";
/** The version of all files; the server inserts it where it is used. */
export const version = "";
/** Whether this is Facebook's script, which looks for its own tags; `scripts/made.py` inserts it where it is used. */
export const sdk = false;
