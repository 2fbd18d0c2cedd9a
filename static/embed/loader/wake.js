// What the replacements for other systems' scripts have in common: they support old pages. Part of facebook.js and
// disqus.js.
// @ts-check

/** Query through the prototype, because elements named like members of `document` hide them.
 * @param {any} root @param {string} name @returns {any} */
export function below(root, name) {
  var kind = root === document ? Document : Element;
  return kind.prototype.getElementsByTagName.call(root, name);
}

/** Call once the whole page has been parsed. @param {() => void} call */
export function ready(call) {
  if (document.readyState !== "loading") call();
  else document.addEventListener("DOMContentLoaded", call);
}
