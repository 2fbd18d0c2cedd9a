// @ts-check
// Shows on a card who has claimed it, or is looking at it.

/**
 * Show whether the card is claimed: by this person (true), somebody else (false), nobody (undefined).
 * @param {HTMLElement} card
 * @param {boolean | undefined} mine
 * @param {boolean} [claimed] or else by a filter: then it can be claimed
 */
export function take(card, mine, claimed = false) {
  card.toggleAttribute("data-taken", mine === false);
  const form = card.querySelector(".claim-form");
  const button = form?.querySelector("button");
  const words = button?.querySelector("span");
  if (!(form instanceof HTMLFormElement) || !button || !words) return;
  const own = claimed && mine;
  form.hidden = claimed && !mine;
  button.value = own ? "release" : "claim";
  words.textContent = (own ? form.dataset.release : form.dataset.claim) ?? "";
}

/**
 * Write who has claimed a card, or is looking at it, beside its author; nothing for "".
 * @param {HTMLElement} card
 * @param {string} text
 * @param {boolean} mine
 */
export function say(card, text, mine) {
  const there = card.querySelector(".looking");
  if ((there?.textContent ?? "") === text) return false;
  there?.remove();
  if (!text) return false;
  const pill = document.createElement("span");
  pill.className = `pill ${mine ? "accent" : "warn"} looking`;
  pill.textContent = text;
  card.querySelector(".who")?.append(pill);
  return true;
}
