// The parent of an element. Part of the loader, and of after.js.
// @ts-check

/** The rendered parent of a node: its slot, its parent, or a shadow root's host. @param {any} node @returns {any} */
export function around(node) {
  node = node.assignedSlot || node.parentNode;
  return node?.host || node;
}
