// Scripts that are fetched when the page needs them, each once. Part of after.js.
// @ts-check
import { warn } from "./address.js";

let warned = false;

/** @param {string} server @param {string} name @param {(made: any) => any} [make] makes the result from the default export
 * @returns {(call: (made: any) => void, failed?: () => any) => void} call with that, once it is there; until then it is
 * tried every 20 seconds, unless `failed` has done without (true) */
export function later(server, name, make = (it) => it()) {
  /** @type {Promise<any> | undefined} */
  let made;
  return function want(call, failed) {
    // Trusted Types allow `import`; no page bundles this file, so webpack need not ignore it
    made ||= import(`${server}/embed/${name}`).then((it) => make(it.default));
    made.then(call, () => {
      made = undefined;
      if (!warned) warn("no " + name);
      warned = true;
      failed?.() || setTimeout(want, 2e4, call, failed);
    });
  };
}
