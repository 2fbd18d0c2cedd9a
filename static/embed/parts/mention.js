// Mentions: an @ offers the names of people in this conversation. Chosen people are stored with the draft.
// @ts-check
import { announce, isComposing, page } from "../lib/dom.js";
import { face } from "./face.js";
import { html } from "../lib/html.js";
import { call } from "../lib/http.js";
import { say } from "../lib/words.js";

/** @typedef {{id: string, name: string}} Person */

const MOST = 6;
/** Text being typed after an @ that begins a word, as in threads/text/mentions.py. */
const ASKED = /(?:^|[^A-Za-z0-9/.+%=&#@:~?-])[@＠]([^\n@＠]{0,40})$/;
/** @type {WeakSet<any>} */
const minded = new WeakSet();
/** @type {Promise<Person[]> | null} */
let people = null;

/** The members who commented here last; fetched once. @returns {Promise<Person[]>} */
async function everybody() {
  if (!page.thread) return [];
  people ??= call("GET", `/threads/${page.thread}/people`).then(({ items }) => items);
  return people.catch(() => {
    people = null;
    return [];
  });
}

/** Text for comparison: without case and accents. @param {string} text */
const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();

/** People whose names match what was typed: at the beginning of a word first.
 * @param {Person[]} all @param {string} typed */
function fitting(all, typed) {
  const wanted = folded(typed);
  const first = all.filter(({ name }) => ` ${folded(name)}`.includes(` ${wanted}`));
  return [...first, ...all.filter((each) => !first.includes(each) && folded(each.name).includes(wanted))].slice(
    0,
    MOST,
  );
}

/** The position of the nth occurrence of `words` in `text`, from 0; -1 if there is none. @param {string} text @param {string} words @param {number} nth */
function placeOf(text, words, nth) {
  let at = -1;
  do at = text.indexOf(words, at + 1);
  while (at >= 0 && nth--);
  return at;
}

/** The inverse: which occurrence is at `place`. @param {string} text @param {string} words @param {number} place */
function nthOf(text, words, place) {
  let nth = 0;
  for (let at = text.indexOf(words); at >= 0 && at < place; at = text.indexOf(words, at + 1)) nth++;
  return nth;
}

/** Handle mentions in a form from now on: somebody has typed one, or its draft has some.
 * @param {import("./form.js").Form} view @param {import("./draft.js").Draft} draft */
export function meet({ area }, draft) {
  if (minded.has(area)) return;
  minded.add(area);
  new Minder(area, draft).begin();
}

class Minder {
  /** @param {any} area @param {import("./draft.js").Draft} draft */
  constructor(area, draft) {
    this.area = area;
    this.draft = draft;
    this.before = area.value;
    /** The positions of chosen people. */
    this.spots = (draft.now.mentions || []).map(({ id, name, nth }) => {
      return { id, name, at: placeOf(this.before, `@${name}`, nth) };
    });
    /** @type {any} */
    this.list = null;
    /** @type {Person[]} */
    this.offered = [];
    this.chosen = 0;
  }

  begin() {
    const { area } = this;
    area.setAttribute("aria-autocomplete", "list");
    area.setAttribute("aria-haspopup", "listbox");
    area.addEventListener("input", () => {
      this.follow();
      this.offer();
    });
    area.addEventListener("blur", () => this.shut());
    area.addEventListener("click", () => this.list && this.offer());
    area.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => this.key(event));
    area.addEventListener("keyup", (/** @type {KeyboardEvent} */ { key }) => {
      if (this.list && /^(Arrow(Left|Right)|Home|End)$/.test(key)) this.offer();
    });
    this.offer();
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (!this.list || isComposing(event) || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const { key } = event;
    if (key === "ArrowDown") this.point(this.chosen + 1);
    else if (key === "ArrowUp") this.point(this.chosen - 1);
    else if (key === "Enter" || key === "Tab") this.choose(this.chosen);
    else if (key === "Escape") this.shut();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** Update the positions after a change of text; a name that was edited is no longer a mention. */
  follow() {
    const { before } = this;
    const now = this.area.value;
    const [head, end] = changed(before, now);
    this.spots = this.spots
      .filter(({ at, name }) => at + name.length < head || at >= end)
      .map((each) => (each.at >= end ? { ...each, at: each.at + now.length - before.length } : each))
      .filter(({ at, name }) => at >= 0 && now.startsWith(`@${name}`, at));
    this.before = now;
    this.save();
  }

  save() {
    const { before, draft } = this;
    draft.now.mentions = this.spots.map(({ id, name, at }) => ({ id, name, nth: nthOf(before, `@${name}`, at) }));
    draft.write(before);
  }

  /** The text between the @ and the caret. */
  typed() {
    const { selectionStart: start, selectionEnd: end, value } = this.area;
    return start === end ? ASKED.exec(value.slice(0, start))?.[1] : undefined;
  }

  async offer() {
    const all = this.typed() === undefined ? [] : await everybody();
    const wanted = this.typed();
    const isHere = wanted !== undefined && document.activeElement === this.area;
    this.offered = isHere ? fitting(all, wanted) : [];
    if (!this.offered.length) return this.shut();
    const list = html`<ul id="at" role="listbox" aria-label="${say("people")}">${this.offered.map(option)}</ul>`;
    list.onpointerdown = (/** @type {Event} */ event) => event.preventDefault(); // the field keeps the focus
    list.onclick = (/** @type {any} */ event) => {
      const at = [...list.children].indexOf(event.target.closest("li"));
      if (at >= 0) this.choose(at);
    };
    if (this.list) this.list.replaceWith(list);
    else this.area.after(list);
    this.list = list;
    this.area.setAttribute("aria-controls", "at");
    this.point(0);
    announce(say("offered", { count: this.offered.length }));
  }

  /** @param {number} to */
  point(to) {
    const { length } = this.offered;
    this.chosen = (to + length) % length;
    for (const [at, each] of [...this.list.children].entries()) each.setAttribute("aria-selected", at === this.chosen);
    this.area.setAttribute("aria-activedescendant", `at-${this.chosen}`);
  }

  /** @param {number} which */
  choose(which) {
    const { area } = this;
    const { id, name } = this.offered[which];
    const end = area.selectionStart;
    const at = end - (this.typed() ?? "").length - 1;
    const after = /^\s/.test(area.value.slice(end)) ? "" : " ";
    area.setRangeText(`@${name}${after}`, at, end, "end");
    this.follow();
    this.spots.push({ id, name, at });
    this.save();
    this.shut();
    area.focus();
    area.dispatchEvent(new Event("input"));
  }

  shut() {
    this.list?.remove();
    this.list = null;
    for (const name of ["controls", "activedescendant"]) this.area.removeAttribute(`aria-${name}`);
  }
}

/** The range of the first text, start and end, that differs in the second. @param {string} before @param {string} now */
function changed(before, now) {
  const least = Math.min(before.length, now.length);
  let head = 0;
  while (head < least && before[head] === now[head]) head++;
  let tail = 0;
  while (tail < least - head && before.at(-1 - tail) === now.at(-1 - tail)) tail++;
  return [head, before.length - tail];
}

/** @param {Person} person @param {number} at */
const option = ({ id, name }, at) => html`
  <li role="option" id="${`at-${at}`}" aria-selected="false">${face(name, id)}<bdi>${name}</bdi></li>`;
