// Pastes into the field: formatted text becomes Markdown, and an address the link of words.
// @ts-check
import { make, selected } from "./field.js";
import { inMarkdown } from "./pasted.js";
import { pasted } from "./placing.js";

export const meet = {
  /** @param {any} event */
  paste(event) {
    const area = event.target;
    const markup = event.clipboardData?.getData("text/html");
    const plain = event.clipboardData?.getData("text/plain") || "";
    const [value, start, end] = selected(area);
    const made = pasted(value, start, end, markup ? inMarkdown(markup) : "", plain);
    if (!made) return; // plain text only: leave it to the browser
    event.preventDefault();
    make(area, made);
  },
};
