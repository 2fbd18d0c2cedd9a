// What the stand-ins for the scripts of others have in common: pages that were written long ago. A part of
// facebook.js and disqus.js.
// @ts-check

/** Pages have elements named like members of `document`: ask the prototype.
 * @param {any} root @param {string} name @returns {any} */
export function below(root, name) {
  var kind = root === document ? Document : Element;
  return kind.prototype.getElementsByTagName.call(root, name);
}

/** Once all of the page is there. @param {() => void} call */
export function ready(call) {
  if (document.readyState !== "loading") call();
  else document.addEventListener("DOMContentLoaded", call);
}
