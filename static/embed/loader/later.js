// Scripts that few pages need, each fetched once. A part of the loader.
// @ts-check
import { warn } from "./address.js";

/** @param {string} server @param {string} name @param {(made: any) => any} make what the script gives, of its default export
 * @returns {(call: (made: any) => void) => void} call with that, once it is there */
export function later(server, name, make) {
  /** @type {Promise<any> | undefined} */
  let made;
  return (call) => {
    // `import` comes past a page's Trusted Types
    made = made || import(/* webpackIgnore: true */ `${server}/embed/${name}.js`).then((it) => make(it.default));
    made.then(call, () => {
      made = undefined;
      warn(`no ${name}. A Content-Security-Policy has to allow script-src ${server}`);
    });
  };
}
