// A page's own sign-in: its function, and what "Sign in" does. after.js fetches this if the page passed a function,
// or when "Sign in" is pressed and the page has its own sign-in.
// @ts-check
import { warn } from "./address.js";
import { whole } from "./whole.js";

/** @param {any} page functions of after.js */
export function signingOf({ emit, tell, attribute, signs, now }) {
  /** @type {{give: any, found: Promise<any>} | null} */
  let asking = null;

  /** Tell a box what the page's function returns; no token means that nobody is signed in. Boxes that ask at the
   * same time share the result, and a function that fails changes nothing. @param {any} box @param {boolean} [again] */
  function ask(box, again) {
    const give = now();
    if (asking?.give !== give) asking = { give, found: Promise.resolve().then(give) };
    const mine = asking;
    const done = () => {
      if (asking === mine) asking = null;
    };
    mine?.found.then(done, done);
    mine?.found.then(
      (token) => give === now() && say(box, { token: `${token || ""}`, gives: true, signs: signs(box), again }),
      (error) => warn(`the function given to signIn() failed: ${error}`),
    );
  }

  /** @param {any} box @param {any} words */
  const say = (box, words) => tell((/** @type {any} */ each) => each === box && words);

  return {
    ask,
    "sign-again": (/** @type {any} */ box) => ask(box, true),

    /** "Sign in" was pressed: the page may handle it, by an event or an address; otherwise the box does.
     * @param {any} box */
    "sign-in": (box) => {
      const event = new Event("sign-in", { cancelable: true });
      emit("sign-in", event, box);
      if (event.defaultPrevented) return;
      const here = encodeURIComponent(location.href);
      const address = whole(attribute(box, "sign-in-url").replace("{url}", here));
      if (!address) return say(box, { opens: true });
      try {
        sessionStorage.setItem(`commentsvc ${location.pathname}${location.search}!`, "1");
      } catch {
        // blocked: they return to the top of the page
      }
      location.assign(address);
    },
  };
}
