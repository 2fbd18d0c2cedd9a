// Long texts, which the page shortens: they are opened and closed by their button, and opened by whatever is reached in
// what is hidden.
// @ts-check
import { html } from "../lib/html.js";
import { showUnlessSeen } from "../lib/host.js";
import { given } from "../lib/parts.js";

given.actions.whole = (/** @type {any} */ button) => {
  const isWhole = button.parentNode.classList.toggle("whole");
  button.setAttribute("aria-expanded", isWhole);
  for (const each of button.children) each.hidden = !each.hidden;
  if (!isWhole) showUnlessSeen(button);
};

// The browser has scrolled a shortened text, to a word that it found or to what has the focus.
document.addEventListener(
  "scroll",
  ({ target }) => {
    const { scrollTop: down, clientHeight: high, parentNode } = /** @type {any} */ (target);
    if (!down || !parentNode?.dataset?.long) return;
    delete parentNode.dataset.long;
    const { activeElement } = document;
    if (activeElement && parentNode.contains(activeElement)) return showUnlessSeen(activeElement);
    const spot = html`<i></i>`;
    spot.style.cssText = `position:absolute;top:${down + high / 2}px`;
    parentNode.append(spot);
    showUnlessSeen(spot);
    setTimeout(() => spot.remove(), 1000);
  },
  true,
);

/** This part does not need the response of /me. */
export const meet = () => {};
