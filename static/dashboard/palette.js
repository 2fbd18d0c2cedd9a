// @ts-check
// Everything by name: pages, sites, actions of this page, people. Opened by Ctrl-K.

import { isComposing } from "./keys.js";
import { get } from "./lib/http.js";
import { data, ours, say } from "./lib/page.js";
import { tickAll } from "./ticks.js";
import { goTo } from "./going.js";

/** @typedef {{words: string, hint: string, caps: string[], run: () => void}} Entry */

const MOST = 9; // rows: people type more rather than read a longer list
const PAUSE = 150; // milliseconds after typing before people are searched

/** @type {Promise<Entry[]> | null} */
let pages = null;
/** @type {Entry[]} */
let rows = [];
let at = 0;
let asked = 0;
let looked = Promise.resolve(); // pending until the latest search is done

/**
 * @param {(name: string) => boolean} act runs a key's action
 * @returns {boolean}
 */
export function openPalette(act) {
  const [dialog, input] = [document.getElementById("palette"), document.getElementById("palette-input")];
  if (!(dialog instanceof HTMLDialogElement) || !(input instanceof HTMLInputElement)) return false;
  pages ??= found(data.places);
  input.value = "";
  const again = () => {
    looked = look(input.value.trim(), act);
  };
  input.oninput = again;
  input.onkeydown = (event) => steer(event, dialog);
  dialog.onclick = (event) => {
    const row = /** @type {Element} */ (event.target).closest("[role=option]");
    if (row) choose(dialog, [...(row.parentElement?.children ?? [])].indexOf(row));
    else if (event.target === dialog) dialog.close();
  };
  dialog.showModal();
  again();
  return true;
}

/** @param {string} address @returns {Promise<Entry[]>} */
async function found(address) {
  const answer = await get(address);
  if (!answer.ok) pages = null; // fetched again when it is next opened
  return (answer.body.places ?? []).map((/** @type {any} */ { words, href, site, letter }) => ({
    words: site ? `${site} · ${words}` : words,
    hint: "",
    caps: letter && go() ? [go(), letter] : [],
    run: () => goTo(href),
  }));
}

/** The key to press before the letter of a page, if there is one. */
const go = () => Object.keys(data.keys ?? {}).find((each) => data.keys[each] === "go") ?? "";

/**
 * The actions of keys on this page, named as in the list of keys.
 * @param {(name: string) => boolean} act
 * @returns {Entry[]}
 */
function actions(act) {
  const away = document.querySelector("#cards, main > .card") ? "" : ":is([data-act=undo], [data-act=help])";
  const listed = [...document.querySelectorAll(/** @type {"dd"} */ (`#keys dd[data-act]${away}`))];
  return listed.map((each) => ({
    words: (each.textContent ?? "").trim(),
    hint: say("js.kind_action"),
    caps: [...(each.previousElementSibling?.querySelectorAll("kbd") ?? [])].map((cap) => cap.textContent ?? ""),
    run: () => void act(each.dataset.act ?? ""),
  }));
}

/**
 * What can be pressed on this page, by name: sorting, density, theme, selecting all, signing out.
 * @returns {Entry[]}
 */
function buttons() {
  const found = [...document.querySelectorAll(/** @type {"button"} */ (PRESSED))].map((each) => {
    const group = each.closest("[role=group]")?.getAttribute("aria-label");
    const words = (each.dataset.named ?? each.textContent ?? "").trim().replace(/\s+/g, " ");
    return { words: group ? `${group}: ${words}` : words, run: () => each.click() };
  });
  if (document.querySelector("#cards .tick")) found.push({ words: say("js.select_all"), run: tickAll });
  return found.map((each) => ({ ...each, hint: say("js.kind_action"), caps: [] }));
}

const PRESSED = ".tools .segment a, details.menu .segment button, details.menu form > button:not([name])";

/** Without case and accents. @param {string} text */
const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLocaleLowerCase();

/**
 * The entries that contain every word; those that begin with the first one come first.
 * @param {Entry[]} entries
 * @param {string} text
 */
function matching(entries, text) {
  const words = plain(text).split(/\s+/).filter(Boolean);
  const fits = entries.filter((each) => words.every((word) => plain(each.words).includes(word)));
  const begins = (/** @type {Entry} */ each) => plain(each.words).startsWith(words[0] ?? "");
  return [...fits.filter(begins), ...fits.filter((each) => !begins(each))];
}

/**
 * @param {string} text
 * @param {(name: string) => boolean} act
 */
async function look(text, act) {
  const mine = ++asked;
  const entries = [...((await pages) ?? []), ...actions(act), ...buttons()];
  if (mine !== asked) return;
  const fits = matching(entries, text).slice(0, MOST);
  at = 0;
  show([...fits, ...searches(text)]);
  if (text.length > 1) lookForPeople(text, fits, mine);
}

/**
 * @param {string} text
 * @param {Entry[]} fits
 * @param {number} mine
 */
async function lookForPeople(text, fits, mine) {
  await new Promise((done) => setTimeout(done, PAUSE));
  if (mine !== asked) return;
  const people = await found(`${data.places}${data.places.includes("?") ? "&" : "?"}q=${encodeURIComponent(text)}`);
  if (mine !== asked || !people.length) return;
  const named = people.map((each) => ({ ...each, hint: say("js.kind_person") }));
  show([...fits, ...named, ...searches(text)]);
}

/** @param {string} text @returns {Entry[]} */
function searches(text) {
  if (!text) return [];
  const q = encodeURIComponent(text);
  const to = (/** @type {string} */ path) => () => goTo(ours(path));
  return [
    { words: say("js.find_comments", { text }), hint: "", caps: [], run: to(`/dashboard/?queue=all&q=${q}`) },
    { words: say("js.find_people", { text }), hint: "", caps: [], run: to(`/dashboard/people?q=${q}`) },
  ];
}

/** @param {Entry[]} entries */
function show(entries) {
  const list = document.getElementById("palette-list");
  rows = entries;
  list?.replaceChildren(...rows.map(row));
  mark(at);
}

/** @param {Entry} entry @param {number} number */
function row({ words, hint, caps }, number) {
  const made = document.createElement("li");
  made.role = "option";
  made.id = `palette-${number}`;
  const [name, more] = [document.createElement("span"), document.createElement("span")];
  name.dir = "auto";
  name.textContent = words;
  more.className = "muted small";
  more.append(hint);
  for (const each of caps) {
    const cap = document.createElement("kbd");
    cap.textContent = each;
    more.append(" ", cap);
  }
  made.append(name, more);
  return made;
}

/** @param {number} which */
function mark(which) {
  at = rows.length ? (which + rows.length) % rows.length : 0;
  const list = document.getElementById("palette-list");
  for (const [number, each] of [...(list?.children ?? [])].entries()) {
    each.ariaSelected = String(number === at);
    if (number === at) each.scrollIntoView({ block: "nearest" });
  }
  document.getElementById("palette-input")?.setAttribute("aria-activedescendant", rows.length ? `palette-${at}` : "");
}

/**
 * @param {KeyboardEvent} event
 * @param {HTMLDialogElement} dialog
 */
function steer(event, dialog) {
  if (isComposing(event)) return;
  if (event.key === "Escape") dialog.close(); // at once: otherwise the browser first empties the field
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (step) mark(at + step);
  else if (event.key === "Enter") looked.then(() => choose(dialog, at));
  else if (event.key !== "Escape") return;
  event.preventDefault();
}

/**
 * @param {HTMLDialogElement} dialog
 * @param {number} which
 */
function choose(dialog, which) {
  dialog.close();
  rows[which]?.run();
}
