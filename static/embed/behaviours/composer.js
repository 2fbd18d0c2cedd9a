// Writing: a form that opens when it is wanted, keeps its draft and posts it once.
// @ts-check
import { $, announce, esc, make, page } from "../lib/dom.js";
import { Problem, call, isMember, newKey } from "../lib/http.js";
import { keep, kept } from "../lib/store.js";
import { say } from "../lib/words.js";
import { me, refresh } from "./me.js";

/** @typedef {{id?: string, parent?: string, name?: string, text?: string,
 *   done?: (comment: any) => void, shut?: () => void}} Task */

/** What a button draws, and what it writes before and after what is marked. */
const MARKS = [
  ["bold", "M4 2h5a3 3 0 0 1 0 6H4zm0 6h6a3 3 0 0 1 0 6H4z", "**", "**"],
  ["italic", "M6 2h6M4 14h6M9.5 2l-3 12", "_", "_"],
  ["quote", "M2 9h4v4H2V8q0-4 3-5m5 6h4v4h-4V8q0-4 3-5", "\n> ", ""],
  [
    "link",
    "M7 9a3 3 0 0 0 4.2.3l2-2A3 3 0 0 0 9 3L8 4m1 3a3 3 0 0 0-4.2-.3l-2 2A3 3 0 0 0 7 13l1-1",
    "[",
    "](https://)",
  ],
  ["list", "M6 3h8M6 8h8M6 13h8M2 3h1M2 8h1m-1 5h1", "\n- ", ""],
];

/** The empty form for a reply or an edit. */
export const emptyForm = () =>
  make('<form class="write" novalidate><div class="field"><textarea dir="auto" rows="1"></textarea></div></form>');

/** Make a form work. The draft is kept until an answer came, also over a reload.
 * @param {any} form @param {Task} task */
export function compose(form, task) {
  const slot = `draft:${page.href}:${task.id || task.parent || ""}`;
  const area = $("textarea", form);
  /** @type {{text: string, key?: string, tried?: boolean, asked?: boolean}} */
  let draft = kept(slot) || { text: task.text || "" };
  let sending = false;

  area.value = draft.text;
  const label = task.id ? say("edit_own") : task.parent ? say("reply_to", { name: task.name }) : "";
  if (label) area.setAttribute("aria-label", label);
  $(".field", form).append(tools());
  form.append(make(`<p class="tell" role="alert"></p>`), sender(task));
  form.classList.add("open");
  fit();
  showWho();
  me.watch(form, showWho);

  area.addEventListener("input", () => {
    // Another text is another comment: it gets a key of its own once the old one was sent.
    if (draft.tried) draft = { text: "", asked: draft.asked };
    $(".ask", form)?.remove();
    draft.text = area.value;
    keep(slot, draft.text.trim() ? draft : null);
    fit();
  });
  form.addEventListener("submit", (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!sending) post();
  });
  form.addEventListener("keydown", (/** @type {KeyboardEvent} */ event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
    if (event.key === "Escape" && task.shut) task.shut();
  });
  form.addEventListener("click", (/** @type {Event} */ event) => {
    const button = /** @type {any} */ (event.target).closest("[data-mark],[data-do]");
    if (!button) return;
    if (button.dataset.mark) mark(MARKS[button.dataset.mark]);
    else if (button.dataset.do === "preview") preview(button);
    else if (button.dataset.do === "edit") {
      $(".ask", form).remove();
      area.focus();
    } else if (button.dataset.do === "shut") task.shut?.();
  });

  function fit() {
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight}px`;
    const left = +(page.max || 0) - [...area.value].length;
    const near = left < 200;
    $("output", form).textContent = near ? say(left < 0 ? "over" : "left", { count: Math.abs(left) }) : "";
    $("output", form).classList.toggle("bad", left < 0);
  }

  function showWho() {
    if (task.id) return;
    const name = $("input", form)?.value ?? kept("name") ?? "";
    const words = esc(say("your_name"));
    $(".who", form).innerHTML = isMember()
      ? `<span>${esc(say("as", { name: me.name }))}</span>`
      : (page.guests
          ? `<label><span class="hid">${words}</span><input maxlength="60" autocomplete="name" placeholder="${words}" value="${esc(name)}"></label>`
          : `<span>${esc(say("sign_in_first"))}</span>`) +
        `<button type="button" class="link" data-action="sign-in">${esc(say("sign_in"))}</button>`;
  }

  /** @param {string} text @param {boolean} [bad] */
  function tell(text, bad) {
    const note = $(".tell", form);
    note.textContent = text;
    note.classList.toggle("bad", !!bad);
  }

  /** @param {string[]} kind */
  function mark([, , before, after]) {
    const { selectionStart: start, selectionEnd: end, value } = area;
    const fresh = before[0] === "\n" && (!start || value[start - 1] === "\n");
    const open = fresh ? before.slice(1) : before;
    area.focus();
    area.setRangeText(open + value.slice(start, end) + after, start, end, "end");
    if (start === end || after.length > 2) {
      const at = start + open.length + (after.length > 2 && end > start ? end - start + 2 : 0);
      area.setSelectionRange(at, after.length > 2 && end > start ? at + 8 : at);
    }
    area.dispatchEvent(new Event("input"));
  }

  /** @param {any} button */
  async function preview(button) {
    let look = $(".look", form);
    if (!look) {
      try {
        const { html } = await call("POST", "/preview", { site: page.site, text: area.value });
        look = make('<div class="look text" dir="auto"></div>');
        look.innerHTML = html;
        area.after(look);
      } catch (error) {
        return tell(reason(error), true);
      }
    } else {
      look.remove();
      look = null;
    }
    area.hidden = !!look;
    button.textContent = say(look ? "write_on" : "preview");
    button.setAttribute("aria-pressed", !!look);
    if (!look) area.focus();
  }

  /** Ask once a draft whether it may hurt. Never in the way: any failure lets the text pass. */
  async function mayGo() {
    if (!page.nudge || draft.asked) return true;
    draft.asked = true;
    const asked = call("POST", "/score", { site: page.site, text: area.value, locale: page.locale });
    const late = new Promise((done) => setTimeout(done, 3000));
    const answer = await Promise.race([asked, late]).catch(() => null);
    if (!answer?.ask) return true;
    const ask = make(
      `<div class="ask" role="alertdialog" aria-label="${esc(say("nudge"))}"><strong>${esc(say("nudge"))}</strong>` +
        answer.sentences.map((/** @type {string} */ each) => `<p>${esc(each)}</p>`).join("") +
        `<p class="end"><button type="submit" class="plain">${esc(say("nudge_post"))}</button>` +
        `<button type="button" class="do" data-do="edit">${esc(say("nudge_edit"))}</button></p></div>`,
    );
    $(".send", form).before(ask);
    $("[data-do=edit]", ask).focus();
    return false;
  }

  async function post() {
    const name = $("input", form);
    const empty = area.value.trim() ? (name && !name.value.trim() ? name : null) : area;
    if (empty) {
      tell(say(empty === area ? "text_first" : "name_first"), true);
      return empty.focus();
    }
    if (!task.id && !isMember() && !page.guests) return tell(say("sign_in_first"), true);
    busy(true);
    try {
      if (!(await mayGo())) return;
      draft.text = area.value;
      draft.key ??= newKey();
      draft.tried = true;
      keep(slot, draft);
      if (name) keep("name", name.value.trim());
      const comment = await send(name?.value.trim());
      finish(comment);
    } catch (error) {
      fail(error);
    } finally {
      busy(false);
    }
  }

  /** The same request again after 1, 3 and 8 seconds without an answer: its key makes it one comment.
   * @param {string} [name] */
  async function send(name) {
    const body = task.id
      ? { text: draft.text }
      : { site: page.site, href: page.href, title: page.title, text: draft.text, parent_id: task.parent, name };
    const path = `/comments${task.id ? `/${task.id}` : ""}?include=html&locale=${page.locale}`;
    for (const pause of [1, 3, 8, 0]) {
      try {
        return await call(task.id ? "PATCH" : "POST", path, body, task.id ? "" : draft.key);
      } catch (error) {
        const later = error instanceof Problem && [0, 409, 502, 503, 504].includes(error.status);
        const running = /** @type {any} */ (error).status !== 409 || /** @type {any} */ (error).wait;
        if (!pause || !later || !running) throw error;
        tell(say("offline"));
        await new Promise((done) => setTimeout(done, pause * 1000));
      }
    }
  }

  /** @param {any} comment */
  function finish(comment) {
    keep(slot, null);
    if (comment.edit_token) keep("guest", { token: comment.edit_token });
    draft = { text: "" };
    area.value = "";
    $(".ask", form)?.remove();
    tell("");
    fit();
    task.done?.(comment);
  }

  /** @param {any} error */
  function fail(error) {
    if (error.status === 401 && !isMember()) {
      // This browser's guest is not known any more: be a new one.
      keep("guest", null);
      showWho();
    }
    if (error.status === 422 && error.code === "idempotency_mismatch") draft.key = undefined;
    if (error.code === "acknowledge_first") refresh();
    if (error.wait && error.status === 429) return wait(error.wait);
    tell(reason(error), true);
    if (!error.status) {
      $(".tell", form).append(" ", make(`<button type="submit" class="link">${esc(say("again"))}</button>`));
    }
  }

  /** Count the seconds down; the text stays. @param {number} seconds */
  function wait(seconds) {
    const button = $(".go", form);
    button.disabled = seconds > 0;
    tell(seconds > 0 ? say("wait", { count: seconds }) : "", true);
    if (seconds > 0) setTimeout(wait, 1000, seconds - 1);
  }

  /** @param {boolean} now */
  function busy(now) {
    sending = now;
    const button = $(".go", form);
    button.disabled = now;
    button.textContent = now ? say("posting") : say(goWord(task));
    if (now) announce(say("posting"));
  }
}

/** @param {Task} task */
const goWord = (task) => (task.id ? "save" : task.parent ? "post_reply" : "post");

function tools() {
  const buttons = MARKS.map(
    ([name, path], at) =>
      `<button type="button" data-mark="${at}" title="${esc(say(name))}" aria-label="${esc(say(name))}">` +
      `<svg viewBox="0 0 16 16" aria-hidden="true"><path d="${path}"/></svg></button>`,
  );
  return make(
    `<div class="tools" role="group" aria-label="${esc(say("tools"))}">${buttons.join("")}` +
      `<button type="button" class="seen" data-do="preview" aria-pressed="false">${esc(say("preview"))}</button>` +
      `<output></output></div>`,
  );
}

/** @param {Task} task */
function sender(task) {
  const shut = task.shut ? `<button type="button" class="plain" data-do="shut">${esc(say("cancel"))}</button>` : "";
  return make(
    `<div class="send"><div class="who"></div><div class="end">${shut}` +
      `<button class="do go">${esc(say(goWord(task)))}</button></div></div>`,
  );
}

/** What went wrong, in words. @param {any} error @returns {string} */
export function reason(error) {
  if (error.status === 429 && error.wait) return say("slow", { count: error.wait });
  if (error instanceof Problem) return error.message || say(error.status ? "failed" : "unsent");
  throw error;
}
