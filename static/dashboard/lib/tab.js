// @ts-check
// What this tab keeps between pages, and how it came to this one.

/**
 * A value that an earlier page of this tab has stored; `otherwise` if there is none, or storage is blocked.
 * @template T
 * @param {string} key
 * @param {T} otherwise
 * @returns {T}
 */
export function stored(key, otherwise) {
  try {
    return JSON.parse(sessionStorage.getItem(key) ?? "null") ?? otherwise;
  } catch {
    return otherwise;
  }
}

/**
 * Store a value for later pages of this tab; null removes it. Without storage, it lives as long as the page.
 * @param {string} key
 * @param {unknown} value
 */
export function store(key, value) {
  try {
    if (value === null) sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, JSON.stringify(value));
  } catch {
    // storage is blocked or full
  }
}

/** How the page was opened: "navigate", "reload" or "back_forward". */
export function arrival() {
  const [entry] = /** @type {PerformanceNavigationTiming[]} */ (performance.getEntriesByType("navigation"));
  return entry?.type;
}
