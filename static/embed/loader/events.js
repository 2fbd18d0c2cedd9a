// Events for the page. Part of after.js.
// @ts-check

/** @param {any} listeners name -> functions @param {string} name @param {any} then */
export function listen(listeners, name, then) {
  var calls = (listeners[name] ||= []);
  calls[calls.length] = then;
}

/** Call the page's functions. An error in one is reported, and does not stop the others.
 * @param {any[]} calls @param {any} detail @param {any} node */
export function fire(calls, detail, node) {
  for (var call of calls)
    try {
      call(detail, node);
    } catch (error) {
      setTimeout(() => {
        throw error;
      });
    }
}
