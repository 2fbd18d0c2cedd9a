// @ts-check
// The one message at the foot of the page, with the seconds in which it can be taken back.

import { data, say } from "./page.js";

let timer = 0;

/**
 * Show a message. With `until`, an undo button counts down and `undo` is called when it is pressed.
 * @param {string} text
 * @param {{until?: number, undo?: () => void}} [options]
 */
export function toast(text, { until = 0, undo } = {}) {
  const place = document.getElementById("toasts");
  if (!place) return;
  clear();
  const box = document.createElement("div");
  box.className = "toast";
  const words = document.createElement("span");
  words.textContent = text;
  box.append(words);
  place.replaceChildren(box);
  if (!undo) {
    timer = window.setTimeout(clear, 6000);
    return;
  }
  const left = document.createElement("span");
  left.className = "num";
  left.setAttribute("aria-hidden", "true");
  const button = document.createElement("button");
  button.type = "button";
  button.append(
    say("act.undo"),
    " ",
    key(Object.keys(data.keys ?? {}).find((each) => data.keys[each] === "undo") ?? "u"),
  );
  button.addEventListener("click", undo);
  box.append(left, button);
  const tick = () => {
    const seconds = Math.ceil((until - Date.now()) / 1000);
    if (seconds <= 0) return clear();
    left.textContent = say("js.seconds", { seconds });
    timer = window.setTimeout(tick, 250);
  };
  tick();
}

/** Take the message away. */
export function clear() {
  window.clearTimeout(timer);
  document.getElementById("toasts")?.replaceChildren();
}

/** @param {string} name */
function key(name) {
  const cap = document.createElement("kbd");
  cap.textContent = name;
  return cap;
}
