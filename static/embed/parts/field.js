// The field of a form: what is in it, and changes to it.
// @ts-check

/** Make a change to the text, in the browser's undo history.
 * @param {any} area @param {import("./lines.js").Change} change */
export function make(area, { from, to, text, start, end }) {
  const before = area.value;
  if (area.readOnly) return; // it is being sent
  area.focus();
  if (before.slice(from, to) !== text) {
    area.setSelectionRange(from, to);
    document.execCommand(text ? "insertText" : "delete", false, text);
    if (area.value === before) {
      area.setRangeText(text);
      area.dispatchEvent(new Event("input", { bubbles: true }));
    }
  }
  area.setSelectionRange(start, end);
}

/** The text of a field, and where its selection begins and ends. @param {any} area @returns {[string, number, number]} */
export const selected = ({ value, selectionStart, selectionEnd }) => [value, selectionStart, selectionEnd];
