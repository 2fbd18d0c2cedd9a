// Recovery codes, which are shown once: copied, or kept as a file. Nothing is sent anywhere.
// @ts-check
const list = document.querySelector("ol.codes");
const row = /** @type {HTMLElement | null} */ (document.querySelector(".saving"));
const told = /** @type {HTMLElement | null} */ (row?.querySelector("[role=status]"));

/** The codes, one a line. */
export const lines = () => [...(list?.querySelectorAll("code") ?? [])].map((each) => `${each.textContent}\n`).join("");

/** Mark what is shown and have the browser copy it, where scripts may not write to the clipboard (plain HTTP).
 * @returns {boolean} */
function copyMarked() {
  if (list) getSelection()?.selectAllChildren(list);
  const done = document.execCommand("copy");
  if (done) getSelection()?.removeAllRanges();
  return done;
}

async function copy() {
  const done = await navigator.clipboard?.writeText(lines()).then(
    () => true,
    () => false,
  );
  if (told && (done || copyMarked())) told.textContent = told.dataset.copied ?? "";
}

/** @param {HTMLElement} button */
function download(button) {
  const link = document.createElement("a");
  const text = `${button.dataset.title} · ${location.host}\n\n${lines()}`;
  link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  link.download = `recovery-codes-${location.hostname}.txt`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

// A reload would send again what was answered with the codes, and fail: it leads to where there are new ones.
if (row?.dataset.then) history.replaceState(null, "", row.dataset.then);
row?.toggleAttribute("hidden", false);
row?.addEventListener("click", ({ target }) => {
  const button = target instanceof HTMLElement ? target.closest("button") : null;
  if (!button) return;
  if (told) told.textContent = ""; // said again when it is done again
  if (button.dataset.codes === "copy") copy();
  else download(button);
});
