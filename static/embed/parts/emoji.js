// Emoji to choose from, most recently used first. Screen readers know their names.
// @ts-check
import { $, isComposing } from "../lib/dom.js";
import { html } from "../lib/html.js";
import { keep, kept } from "../lib/store.js";
import { say } from "../lib/words.js";
import { reveal } from "./sight.js";

const LAST = 8;
/** One line per kind: faces, hands, hearts, people and animals, plants and weather, food, things, signs. */
const ALL = `
😀 😃 😄 😁 😆 😅 🤣 😂 🙂 🙃 😉 😊 😇 😍 😘 😋 😛 😜 🤪 🤗 🤔 🤨 😐 😏 🙄 😬 😌 😔 😴 🤒 😵 🤯 😎 🤓 😟 😮 😳 😢 😭 😱 😤 😡 🤬 🤡
👍 👎 👏 🙌 🙏 👋 🤝 💪 👌 🤞 🤟 👆 👇 👈 👉 ✊ 👀 🤷 🤦 🙋
❤️ 🧡 💛 💚 💙 💜 🖤 💔 💕 💯 💥 ✨ 🔥 ⭐ 🎉 🎊 🎁 🏆
👶 🧒 👩 👨 🧓 👮 🐶 🐱 🐭 🐰 🦊 🐻 🐼 🐨 🦁 🐮 🐷 🐸 🐵 🐔 🐧 🐦 🦉 🐝 🦋 🐌 🐢 🐟 🐬 🐳
🌱 🌳 🌲 🌵 🍀 🌹 🌻 🌸 🍂 🌍 🌙 ☀️ ⛅ ☔ ⚡ ❄️ 🌈 🌊
🍎 🍌 🍓 🍇 🍉 🍒 🥑 🥕 🌽 🍞 🧀 🍕 🍔 🍟 🌮 🍣 🍜 🍰 🍪 🍫 ☕ 🍵 🍺 🍷
⚽ 🏀 🎾 🚲 🚗 🚌 🚆 ✈️ 🚀 ⛵ 🏠 🏥 🏫 🎵 🎸 🎬 📷 📱 💻 📺 📖 📰 ✏️ 📌 💡 🔑 🔨 💰 🗳️ ⏰
✅ ❌ ❗ ❓ ⚠️ 🚫 ♻️ ➡️ ⬅️ ⬆️ ⬇️ 🆗 🔴 🟢 🔵 🏁`
  .trim()
  .split("\n")
  .map((line) => line.split(" "));

/** @param {string} each */
const key = (each) => html`<button type="button" tabindex="-1" lang="zxx">${each}</button>`;

export const meet = {
  /** Show them below the tools, or hide them. @param {import("./form.js").Form} view @param {any} button */
  pick(view, button) {
    const node = view.unfold(button, picker);
    if (!node) return;
    node.onclick = (/** @type {any} */ { target }) =>
      target.tagName === "BUTTON" && choose(target.textContent, view.area);
    const shut = () => {
      view.unfold(button, picker);
      button.focus();
    };
    node.onkeydown = (/** @type {KeyboardEvent} */ event) => walk(event, node, shut);
    const first = $("button", node);
    first.tabIndex = 0;
    first.focus({ preventScroll: true });
    reveal(node);
  },
};

function picker() {
  /** @type {string[]} */
  const last = kept("emoji") || [];
  const kinds = last.length ? [last, ...ALL] : ALL;
  return html`
    <div class="smiles" role="group" aria-label="${say("title")}">${kinds.map((kind) => html`<p>${kind.map(key)}</p>`)}</div>`;
}

/** Insert an emoji at the caret. @param {string} chosen @param {any} area */
function choose(chosen, area) {
  const others = (kept("emoji") || []).filter((/** @type {string} */ each) => each !== chosen);
  keep("emoji", [chosen, ...others].slice(0, LAST));
  area.setRangeText(chosen, area.selectionStart, area.selectionEnd, "end");
  area.dispatchEvent(new Event("input"));
}

/** Arrow keys move to the next emoji; up and down, to the nearest one in another row.
 * @param {KeyboardEvent} event @param {any} node @param {() => void} shut */
function walk(event, node, shut) {
  if (isComposing(event)) return;
  const all = [...node.querySelectorAll("button")];
  const at = all.indexOf(event.target);
  const way = document.dir === "rtl" ? -1 : 1;
  const steps = { ArrowRight: way, ArrowLeft: -way };
  const rows = { ArrowDown: 1, ArrowUp: -1 };
  let to = { Home: 0, End: all.length - 1 }[event.key] ?? at + steps[event.key];
  if (rows[event.key]) to = beside(all, at, rows[event.key]);
  if (event.key === "Escape") shut();
  else if (!(to >= 0)) return;
  else if (all[to]) {
    all[at].tabIndex = -1;
    all[to].tabIndex = 0;
    all[to].focus({ preventScroll: true }); // of its own, a browser would center it in the window
    all[to].scrollIntoView({ block: "nearest", behavior: "instant" });
  }
  event.preventDefault();
  event.stopPropagation();
}

/** The emoji above or below. @param {any[]} all @param {number} at @param {number} way */
function beside(all, at, way) {
  const { top, left } = all[at].getBoundingClientRect();
  const others = all.filter((each) => Math.sign(each.getBoundingClientRect().top - top) === way);
  const row = others.at(way > 0 ? 0 : -1)?.getBoundingClientRect().top;
  const near = (/** @type {any} */ each) => Math.abs(each.getBoundingClientRect().left - left);
  const same = others.filter((each) => each.getBoundingClientRect().top === row);
  return all.indexOf(same.sort((one, two) => near(one) - near(two))[0]);
}
