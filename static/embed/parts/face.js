// The placeholder for a person without a picture, as in commentsvc/embed/faces.py.
// @ts-check
import { html } from "../lib/html.js";

const ALPHABET = "23456789bcdfghjkmnpqrstvwxz";

/** @param {string} name @param {string} id @param {any} [image] */
export function face(name, id, image) {
  const [first = 0, second = 0] = [...id].map((each) => ALPHABET.indexOf(each));
  return html`<i class="face h${(((3 * first + second) % 8) + 8) % 8}" aria-hidden="true">${initials(name)}${image}</i>`;
}

/** @param {string} name */
function initials(name) {
  const words = name.split(/\s+/).filter(Boolean);
  const [first = "", last = ""] = [words[0], words[words.length - 1]].map((each) => [...(each ?? "")][0]);
  const two = words.length > 1 && [first, last].every((each) => each.toUpperCase() !== each.toLowerCase());
  return [first, two ? last : ""].map((each) => [...each.toUpperCase()][0] ?? "").join("");
}
