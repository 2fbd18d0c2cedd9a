// The line that is shown if comments could not be loaded. after.js fetches this when that happens, or when the page
// first loses the focus, so that the browser has it if the server cannot be reached later.
// @ts-check
import { phrases } from "./phrases.js";

/** Automatic retries: after 2, 6, 18, 54 and 162 seconds, plus up to half as much, so that not all readers return to
 * the server at the same moment. */
const [PAUSE, FACTOR, TRIES] = [2000, 3, 5];

/** The phrases of a language, if they are here. @param {string} name @returns {any} */
function found(name) {
  name = String(name || "")
    .replace(/-/g, "_")
    .toLowerCase();
  return phrases[name] || phrases[name.split("_")[0]];
}

/** @param {string} name @param {string} text @param {string} style @returns {any} */
function element(name, text, style) {
  const node = document.createElement(name);
  node.textContent = text;
  node.style.cssText = style;
  return node;
}

/** @param {any} box @param {() => void} retry @returns {HTMLElement} */
function line(box, retry) {
  const say =
    found(box.opt("locale")) || found(document.documentElement.lang) || found(navigator.language) || phrases.en;
  const made = element("div", say.away, "padding-block:.5em;display:flex;flex-wrap:wrap;align-items:center;gap:.5em");
  const again = element(
    "button",
    say.retry,
    "font:inherit;color:inherit;background:none;border:1px solid;border-radius:4px;padding:0 .75em;min-height:40px;cursor:pointer",
  );
  const link = element("a", say.open, "");
  again.type = "button";
  again.onclick = retry;
  link.href = box.frame.src.split("#")[0];
  link.target = "_blank";
  link.rel = "noopener";
  made.setAttribute("role", "status");
  made.setAttribute("data-commentsvc", "line");
  made.append(again, link);
  return made;
}

/** @param {(call: (words: any) => void) => void} worded fetches the words of other languages
 * @param {(box: any) => void} again retries @param {(box: any) => void} leave removes the line */
export function excuses(worded, again, leave) {
  let learned = false; // all that there are

  /** Fetch the phrases of the box's language, unless they are here, and rewrite the line if it is shown.
   * @param {any} box */
  function learn(box) {
    if (learned || found(box.opt("locale") || document.documentElement.lang || navigator.language)) return;
    worded((words) => {
      learned = true;
      Object.assign(phrases, words);
      if (!box.line) return;
      leave(box);
      excuse(box);
    });
  }

  /** Show whether a retry is running. The button keeps the focus. @param {any} box @param {boolean} on */
  function busy(box, on) {
    box.line.style.opacity = on ? 0.5 : 1;
    box.line.querySelector("button").setAttribute("aria-disabled", on);
  }

  /** Show the line, and whether a retry is running. @param {any} box */
  function excuse(box) {
    if (!box.frame.isConnected || !/away|waiting/.test(box.state)) return;
    if (!box.line?.ours) {
      if (box.state !== "away") return;
      leave(box); // the loader's own link
      box.line = line(box, () => {
        box.tries = 0;
        if (box.state === "away") again(box);
      });
      box.line.ours = true;
      box.node.appendChild(box.line);
      learn(box);
    }
    busy(box, box.state !== "away");
    if (box.state === "away") soon(box);
  }

  /** Schedule a retry for when the page is visible. This also helps a box whose first try was offline, and that gets
   * no "online" event. @param {any} box */
  function soon(box) {
    const tries = box.tries | 0;
    if (box.soon || tries >= TRIES) return;
    box.soon = setTimeout(due, PAUSE * FACTOR ** tries * (1 + Math.random() / 2), box);
  }

  /** @param {any} box */
  function due(box) {
    box.soon = 0;
    if (box.state !== "away" || !box.frame.isConnected) return;
    if (document.hidden) return document.addEventListener("visibilitychange", () => due(box), { once: true });
    box.tries = (box.tries | 0) + 1;
    again(box);
  }

  return { learn, excuse };
}
