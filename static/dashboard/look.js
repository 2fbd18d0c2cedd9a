// @ts-check
// The look of a site's box: the preview shows changes before they are saved.

import { announce, data } from "./lib/page.js";
import { mark } from "./unsaved.js";

const form = /** @type {HTMLFormElement} */ (document.getElementById("look"));
const bar = /** @type {HTMLElement} */ (form.querySelector("[data-unsaved]"));
const refresh = /** @type {HTMLButtonElement} */ (document.getElementById("refresh"));
const shades = /** @type {HTMLElement} */ (document.getElementById("shades"));
const problems = /** @type {HTMLElement} */ (document.getElementById("e-own_css"));
const PAUSE = 250;

refresh.hidden = true;
if (innerWidth < 600) /** @type {HTMLElement} */ (form.querySelector("[name=size][value=phone]")).click();

form.addEventListener("input", (event) => {
  const field = /** @type {HTMLInputElement} */ (event.target);
  if (field.name.startsWith("accent")) forgive(field);
  if (field.name.startsWith("accent")) soon("shades", showShades);
  if (field.name === "own_css") soon("problems", showProblems);
  compare();
  if (field.name !== "size") soon("preview", show);
});

form.addEventListener("click", (event) => {
  const pressed = /** @type {Element} */ (event.target);
  const preset = pressed.closest("button[name=preset]");
  if (preset instanceof HTMLButtonElement) {
    event.preventDefault();
    fill(data.presets[preset.value]);
    announce(bar.textContent ?? "");
  }
  const setting = pressed.closest("[data-use-default]")?.closest("[data-setting]");
  if (setting instanceof HTMLElement) {
    const usual = setting.dataset.default ?? "";
    fill({ [setting.dataset.setting ?? ""]: setting.querySelector("[type=checkbox]") ? usual === "on" : usual });
    /** @type {HTMLElement} */ (setting.querySelector("input, textarea")).focus();
  }
});

// Submitting the preview does not leave the page: hide it from other listeners.
form.addEventListener("submit", (event) => event.submitter === refresh && event.stopPropagation());

/** @param {Record<string, string | boolean>} values by setting */
function fill(values) {
  for (const [name, value] of Object.entries(values)) {
    for (const input of form.querySelectorAll(/** @type {"input"} */ (`[data-setting="${name}"] [name="${name}"]`))) {
      if (input.type === "radio") input.checked = input.value === value;
      else if (input.type === "checkbox") input.checked = value === true;
      else input.value = String(value);
    }
  }
  mark(form);
  compare();
  showShades();
  show();
}

/** What was wrong with a color is not said of the next one. @param {HTMLInputElement} field */
function forgive(field) {
  if (!field.ariaInvalid) return;
  field.removeAttribute("aria-invalid");
  field.closest("[data-setting]")?.querySelector(".error")?.remove();
}

/** Mark settings that differ from their default. */
function compare() {
  for (const setting of form.querySelectorAll(/** @type {"div"} */ ("[data-setting]"))) {
    const input = /** @type {HTMLInputElement} */ (
      setting.querySelector("input:not([type=radio]), textarea, :checked")
    );
    const value = input.type === "checkbox" ? (input.checked ? "on" : "") : input.value.trim();
    for (const each of setting.querySelectorAll(/** @type {"span"} */ ("[data-changed], [data-use-default]")))
      each.hidden = value === setting.dataset.default;
  }
}

/** @type {Map<string, number>} */
const waits = new Map();

/** Call `act` after a short pause in typing. @param {string} what @param {() => void} act */
function soon(what, act) {
  clearTimeout(waits.get(what));
  waits.set(what, setTimeout(act, PAUSE));
}

let shown = 0;

/** Preview the form's values in a new frame, which replaces the old one once it has loaded: nothing flickers, and
 * Back leads to the page before this one. */
function show() {
  const old = [...form.querySelectorAll("iframe")];
  const next = /** @type {HTMLIFrameElement} */ (old[0].cloneNode());
  next.removeAttribute("src");
  next.name = `preview-${++shown}`;
  next.className = "next";
  const mine = shown;
  old[0].after(next);
  refresh.formTarget = next.name;
  refresh.hidden = false; // some browsers submit nothing with a hidden button
  form.requestSubmit(refresh);
  refresh.hidden = true;
  next.addEventListener("load", () => {
    // neither the initial empty page nor the browser's error page
    if (mine !== shown || !next.contentDocument?.querySelector("#box")) return;
    const top = old[0].contentWindow?.scrollY ?? 0;
    next.contentWindow?.scrollTo({ top, behavior: "instant" });
    next.className = "";
    for (const each of form.querySelectorAll("iframe")) if (each !== next) each.remove();
  });
}

/** The latest request by element: late responses to earlier ones are not shown.
 * @type {Map<Element, number>} */
const asked = new Map();

/** Show the server's response to the form's values in an element. @param {HTMLElement} place @param {string} query
 * @param {URLSearchParams} [body] sent with POST */
async function tell(place, query, body) {
  const mine = (asked.get(place) ?? 0) + 1;
  asked.set(place, mine);
  const options = body ? { method: "POST", body } : {};
  const address = `${place.dataset.source}${query}`;
  const answer = await fetch(address, { ...options, credentials: "same-origin" }).catch(() => null);
  if (!answer?.ok) return;
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  if (mine === asked.get(place)) place.replaceChildren(...document.adoptNode(page.body).childNodes);
}

/** @param {string} name */
const typedIn = (name) => /** @type {HTMLInputElement} */ (form.elements.namedItem(name)).value;

/** Show the contrast of the colors. */
function showShades() {
  const query = new URLSearchParams({ accent: typedIn("accent"), accent_dark: typedIn("accent_dark") });
  tell(shades, `?${query}`);
}

/** Show which parts of the style sheet are not allowed. */
function showProblems() {
  tell(problems, "", new URLSearchParams({ csrf_token: typedIn("csrf_token"), own_css: typedIn("own_css") }));
}

if (form.querySelector("[aria-invalid]")) show(); // invalid values are not in the frame's address
