// Scripts that come when the page needs them, each fetched once. A part of the loader.
// @ts-check
import { warn } from "./address.js";

let warned = false;

/** @param {string} server @param {string} name @param {(made: any) => any} [make] what the script gives, of its default export
 * @returns {(call: (made: any) => void, failed?: () => void) => void} call with that, once it is there */
export function later(server, name, make = (it) => it()) {
  /** @type {Promise<any> | undefined} */
  let made;
  return (call, failed) => {
    // `import` comes past a page's Trusted Types
    made ||= import(/* webpackIgnore: true */ `${server}/embed/${name}`).then((it) => make(it.default));
    made.then(call, () => {
      made = undefined;
      if (!warned) warn(`no ${name}, allow script-src ${server}`);
      warned = true;
      failed?.();
    });
  };
}
