// Replaces Disqus's recommended articles and their advertisements with nothing.
// @ts-check
/** @type {any} */ (window).DISQUS_RECOMMENDATIONS = { reset() {} };
