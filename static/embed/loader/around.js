// What is around an element on a page. A part of the loader, and of what comes after it.
// @ts-check

/** The element around a node, out of shadow trees too. @param {any} node @returns {any} */
export function around(node) {
  node = node.assignedSlot || node.parentNode;
  return node?.host || node;
}
