// Parts of the script that few readers need: fetched when they are, and given what is here already.
// @ts-check

/** What parts may use of the frame; frame.js fills it. @type {Record<string, any>} */
export const given = {};
/** @type {Record<string, Promise<any>>} */
const parts = {};

/** A part, fetched once: "arriving" for what comes into the list later, "panels" to edit, delete or report, "checking" for
 * what a text may meet on its way, "sign_in", "mention" to choose people, "person" for their cards, "reacting" where there are other reactions than likes, "mine" for whoever was judged or mutes, "bell" for
 * what concerns who is signed in or has written, "staff" for moderators.
 * @param {string} name @returns {Promise<any>} */
export const part = (name) =>
  (parts[name] ??= import(import.meta.url.replace(/[^/]+$/, `${name}/$&`)).then(
    (it) => it.default(given),
    (error) => {
      delete parts[name];
      throw error;
    },
  ));

/** Let a part know what /me says, where it is wanted or was before.
 * @param {string} name @param {any} wanted @param {any} found */
export async function tellPart(name, wanted, found) {
  if (wanted || name in parts) await part(name).then((it) => it.meet(found), String);
}
