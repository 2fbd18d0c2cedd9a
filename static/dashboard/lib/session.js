// @ts-check
// When the person is no longer signed in: say so over the page, and lead back to it.

import { keepAll } from "./drafts.js";
import { announce, data } from "./page.js";
import { reached } from "./reach.js";

const SIGNED_OUT = 401;
const EXPIRED = "csrf"; // a form's token is of another session: perhaps of none

/**
 * Whether this answer means that the person has been signed out; if so, they are told.
 * @param {number} status
 * @param {string} [code]
 */
export async function isLost(status, code) {
  const lost = status === SIGNED_OUT || (code === EXPIRED && (await isOver()));
  if (lost) tell();
  return lost;
}

/** A page or a part of it did not come: if that is because the person has been signed out, tell them. */
export async function missed() {
  if (await isOver()) tell();
}

/** Whether the session is over, asked of the server. */
async function isOver() {
  if (!data.live) return false;
  try {
    const headers = { Accept: "application/json" };
    const { status } = await fetch(data.live, { headers, credentials: "same-origin", redirect: "error" });
    if (status === SIGNED_OUT) reached(true); // what failed was led to the sign-in page
    return status === SIGNED_OUT;
  } catch {
    return false; // offline
  }
}

const box = () => /** @type {HTMLDialogElement | null} */ (document.getElementById("signed-out"));

/** What the page says about it. */
export const words = () => box()?.querySelector("h2")?.textContent ?? "";

/** Tell the person; they may close it, to copy what they see. */
function tell() {
  const dialog = box();
  if (!dialog || dialog.open) return;
  const link = dialog.querySelector("a");
  link?.addEventListener("click", keepAll, { once: true });
  dialog.showModal();
  link?.focus();
  announce(dialog.textContent?.trim() ?? "");
}
