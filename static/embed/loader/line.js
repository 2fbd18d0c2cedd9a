// The one quiet line that stands where comments could not be loaded. after.js fetches this when that happens, or once
// the reader has left the page for the box or for something else, so that a browser has it when the service does not answer.
// @ts-check
import { phrases } from "./phrases.js";

/** Tries without a press: after 2, 6, 18, 54 and 162 seconds, and up to half as much more, so that not all readers
 * come back to a service in the same moment. */
const [PAUSE, FACTOR, TRIES] = [2000, 3, 5];

/** The words of a language, if they are here. @param {string} name @returns {any} */
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
 * @param {(box: any) => void} again another try @param {(box: any) => void} leave takes the line out */
export function excuses(worded, again, leave) {
  let learned = false; // what there is

  /** Fetch the words of the box's language, unless they are here, and write the line again if it stands there.
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

  /** Whether another try is under way. The button keeps the focus. @param {any} box @param {boolean} on */
  function busy(box, on) {
    box.line.style.opacity = on ? 0.5 : 1;
    box.line.querySelector("button").setAttribute("aria-disabled", on);
  }

  /** The line stands there, and a try is under way or not. @param {any} box */
  function excuse(box) {
    if (!box.frame.isConnected || !/away|waiting/.test(box.state)) return;
    if (!box.line?.ours) {
      if (box.state !== "away") return;
      leave(box); // the loader's own
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

  /** Another try by itself, once somebody may see it: also of a box whose first try began without a network, and which
   * nothing tells that there is one by now. @param {any} box */
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
