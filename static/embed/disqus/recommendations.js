// Disqus recommended articles here, and advertisements between them. Pages that call for them get nothing.
// @ts-check
/** @type {any} */ (window).DISQUS_RECOMMENDATIONS = { reset() {} };
