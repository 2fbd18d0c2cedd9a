// Counts are a script of their own (counts.js), for pages that show some. A part of the loader.
// @ts-check
import { warn, whole } from "./address.js";

/** @param {string} server @returns {(call: (counts: any) => void) => void} call with what counts, once it is there */
export function counting(server) {
  /** @type {Promise<any> | undefined} */
  let made;
  return (call) => {
    // `import` comes past a page's Trusted Types
    made =
      made ||
      import(/* webpackIgnore: true */ `${server}/embed/counting.js`).then((it) => it.default({ warn, whole })(server));
    made.then(call, () => {
      made = undefined;
      warn(`no counts. A Content-Security-Policy has to allow script-src ${server}`);
    });
  };
}
