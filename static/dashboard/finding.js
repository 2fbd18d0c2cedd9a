// @ts-check
// Navigation of the policy page: which settings match the search, which differ from their default, and which are
// in view.

import { number, say } from "./lib/page.js";

const form = /** @type {HTMLFormElement} */ (document.getElementById("policy"));
const search = /** @type {HTMLInputElement} */ (document.getElementById("find"));
const onlyChanged = /** @type {HTMLInputElement} */ (document.getElementById("only-changed"));
const found = /** @type {HTMLElement} */ (document.getElementById("found"));

/** @returns {HTMLElement[]} */
const settings = () => [...form.querySelectorAll(/** @type {"div"} */ ("[data-setting]"))];

/** Text for comparison: without case and accents. @param {string} text */
const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/** A setting's label, explanation and synonyms. @param {Element} setting */
function wordsOf(setting) {
  const { setting: name = "", also = "" } = /** @type {HTMLElement} */ (setting).dataset;
  return plain(`${setting.textContent} ${name.replaceAll("_", " ")} ${also}`);
}

/** Show the matching settings, and how many there are. */
export function find() {
  const wanted = plain(search.value).split(/\s+/).filter(Boolean);
  const filtering = wanted.length > 0 || onlyChanged.checked;
  let count = 0;
  for (const group of form.querySelectorAll(/** @type {"section"} */ (".group"))) {
    const heading = plain(group.querySelector("header")?.textContent ?? "");
    const rest = wanted.filter((word) => !heading.includes(word));
    let any = false;
    for (const field of group.querySelectorAll(/** @type {"div"} */ (".fields > .field"))) {
      const words = wordsOf(field);
      const fits = rest.every((word) => words.includes(word)) && (!onlyChanged.checked || "differs" in field.dataset);
      field.hidden = filtering && !fits;
      any ||= fits;
      if (fits && field.dataset.setting) count += 1;
    }
    group.hidden = filtering && !any;
    const link = document.querySelector(`.index a[href="#${group.getAttribute("aria-labelledby")}"]`);
    /** @type {HTMLElement} */ (link?.parentElement).hidden = group.hidden;
  }
  for (const panel of form.querySelectorAll(/** @type {"div"} */ (".panel")))
    panel.hidden = panel.querySelector(".group:not([hidden])") === null;
  /** @type {HTMLElement} */ (form.querySelector(".save")).hidden = !form.querySelector(".group:not([hidden])");
  const words = filtering ? say("js.found_settings", { count }) : "";
  if (found.textContent !== words) found.textContent = words;
}

/** Mark settings that differ from their default, and count them in the index. */
export function compare() {
  for (const setting of settings()) {
    const cells = /** @type {HTMLElement[]} */ ([...setting.querySelectorAll(".limit")]);
    for (const cell of cells) cell.classList.toggle("differs", limitOf(cell) !== cell.dataset.default);
    const differs = cells.length ? setting.querySelector(".differs") !== null : !isDefault(setting);
    if (differs) setting.dataset.differs = "";
    else delete setting.dataset.differs;
    for (const each of setting.querySelectorAll(/** @type {"span"} */ ("[data-changed], [data-use-default]")))
      each.hidden = !differs;
  }
  for (const mark of document.querySelectorAll(/** @type {"span"} */ ("[data-count-changed]"))) {
    const group = `[data-group="${mark.dataset.countChanged}"]`;
    const limits = form.querySelectorAll(`${group} .limits tbody tr:has(.differs)`).length;
    const many = form.querySelectorAll(`${group} [data-differs]:not(#limits)`).length + limits;
    mark.hidden = !many;
    const [shown, said] = mark.children;
    shown.textContent = number(many);
    said.textContent = say("js.changed_many", { count: many });
  }
}

/** The active limit in a cell, or nothing. @param {Element} cell */
function limitOf(cell) {
  const [on, , value] = cell.querySelectorAll("input");
  return on.checked ? `${+value.value}` : "";
}

/** The ticked values, in the format of the default. @param {HTMLInputElement[]} boxes */
const ticked = (boxes) =>
  boxes
    .filter((each) => each.checked)
    .map((each) => each.dataset.one)
    .join("\n");

/** @param {HTMLElement} setting */
function isDefault(setting) {
  const usual = setting.dataset.default ?? "";
  const several = [...setting.querySelectorAll(/** @type {"input"} */ ("[data-one]"))];
  if (several.length) return ticked(several) === usual;
  const input = setting.querySelector(/** @type {"input"} */ ("input:not([type=radio]), textarea, select"));
  if (!input) return setting.querySelector(/** @type {"input"} */ ("input:checked"))?.value === usual;
  if (input.type === "checkbox") return input.checked === (usual === "on");
  if (input.type === "number") return input.value !== "" && +input.value === +usual;
  return input.value.trim() === usual;
}

/** Reset a setting to its default, without saving. @param {HTMLElement} setting */
export function useDefault(setting) {
  const usual = setting.dataset.default ?? "";
  for (const cell of setting.querySelectorAll(/** @type {"div"} */ (".limit"))) {
    const [on, ...numbers] = cell.querySelectorAll("input");
    on.checked = cell.dataset.default !== "";
    if (on.checked) for (const each of numbers) each.value = cell.dataset.default ?? "";
  }
  for (const input of setting.querySelectorAll(
    /** @type {"input"} */ (":is(input, textarea, select):not([type=hidden], .limit *)"),
  )) {
    if (input.type === "radio") input.checked = input.value === usual;
    else if (input.dataset.one) input.checked = usual.split("\n").includes(input.dataset.one);
    else if (input.type === "checkbox") input.checked = usual === "on";
    else input.value = usual;
  }
  const changed = setting.querySelector(/** @type {"input"} */ ("input:not([type=hidden]), textarea, select"));
  changed?.focus();
  changed?.dispatchEvent(new Event("input", { bubbles: true }));
}

/** Mark the section in view in the index. */
function follow() {
  const seen = new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) {
        if (!isIntersecting) continue;
        for (const link of document.querySelectorAll(".index a")) {
          const here = link.getAttribute("href") === `#${target.getAttribute("aria-labelledby")}`;
          if (here) link.setAttribute("aria-current", "true");
          else link.removeAttribute("aria-current");
        }
      }
    },
    { rootMargin: "-80px 0px -75% 0px" },
  );
  for (const group of form.querySelectorAll(".group")) seen.observe(group);
}

/** Filter again, and scroll to the top. */
function again() {
  find();
  if (form.getBoundingClientRect().top < 0) form.scrollIntoView({ block: "start", behavior: "instant" });
}

search.addEventListener("input", again);
onlyChanged.addEventListener("change", again);
compare();
find(); // the browser may have kept the field's text on reload
follow();
