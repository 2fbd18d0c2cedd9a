// @ts-check
// Leaving this page for another one of the dashboard.

/** Where to; "" while nobody leaves. */
let to = "";

/** @param {string} address */
export function leave(address) {
  to = address;
  location.assign(address);
}

/**
 * Do something before this page is left, even if that has begun: otherwise the next page may come before the answer,
 * and show what was before.
 * @param {() => Promise<unknown>} act
 */
export async function beforeLeaving(act) {
  if (to) window.stop();
  await act();
  if (to) location.assign(to);
}

// Back shows the page as it was left.
window.addEventListener("pageshow", ({ persisted }) => {
  if (persisted) to = "";
});
