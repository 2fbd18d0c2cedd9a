// What boxes say on the page, by language; the server puts the words of a few here (commentsvc/embed/script.py), and
// the others are fetched.
// @ts-check
/** @type {Record<string, Record<string, string>>} */
export const phrases = {};
/** The path under which the service stands on its host; the server writes it where it is used. */
export const prefix = "";
/** The state of all files; the server writes it where it is used. */
export const version = "";
/** Whether this is Facebook's script, which looks for its own tags; `scripts/made.py` writes it where it is used. */
export const sdk = false;
