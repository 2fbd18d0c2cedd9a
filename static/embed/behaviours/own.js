// What one does to a comment: like it, answer it, report it, change or withdraw one's own.
// @ts-check
import { $, $$, announce, idOf, nameOf, page, place } from "../lib/dom.js";
import { emit } from "../lib/host.js";
import { html } from "../lib/html.js";
import { call } from "../lib/http.js";
import { keep } from "../lib/store.js";
import { say } from "../lib/words.js";
import { compose } from "./composer.js";
import { emptyForm } from "./form.js";
import { countOwn } from "./live.js";
import { setLiked, showOwn } from "./me.js";
import { reason } from "./sending.js";

const REASONS = ["offensive", "abusive", "spam", "off_topic", "illegal", "other"];

/** Open a form or panel below a comment; pressing again closes it.
 * @param {any} button @param {() => any} build */
export function below(button, build) {
  const article = button.closest("article");
  const again = button.getAttribute("aria-expanded") === "true";
  const shut = () => {
    $(":scope > form", article)?.remove();
    for (const each of $$("[aria-expanded=true]", article)) each.setAttribute("aria-expanded", false);
  };
  shut();
  const done = () => {
    shut();
    button.focus();
  };
  if (again) return done;
  button.setAttribute("aria-expanded", true);
  article.append(build());
  $("form textarea, form input, form button", article).focus();
  return done;
}

/** An answer to a post came. @param {any} comment */
export function posted(comment) {
  const node = showOwn({ ...comment, fresh: true });
  const held = comment.status !== "published";
  announce(held ? `${say("waiting")}. ${(comment.reasons || []).join(" ")}` : say("posted"));
  if (!held) countOwn(comment);
  if (node) {
    node.tabIndex = -1;
    node.focus({ preventScroll: true });
  }
  emit("comment.create", {
    href: page.href,
    commentID: comment.id,
    parentCommentID: comment.parent_id || undefined,
    message: comment.text,
  });
}

/** @param {any} button */
function flagForm(button) {
  const by = button.closest(".c").dataset.by;
  const radios = REASONS.map(
    (each) => html`<label><input type="radio" name="why" value="${each}" required>${say(`flag.${each}`)}</label>`,
  );
  const mute = () =>
    html`<p><button type="button" class="link" data-action="mute">${say("mute", { name: nameOf(button) })}</button></p>`;
  return html`
    <form class="panel">
      <fieldset><legend><strong>${say("report")}</strong>${say("report_why")}</legend>${radios}</fieldset>
      <label><span>${say("report_note")}</span><textarea maxlength="2000" rows="2"></textarea></label>
      <p hidden><a href="/embed/notice?comment=${idOf(button)}" target="_blank" rel="noopener">${say("report_notice")}</a></p>
      ${by && mute()}
      <p class="end"><button type="button" class="plain">${say("cancel")}</button>
        <button class="do">${say("report_send")}</button></p></form>`;
}

export const doing = {
  like: async (/** @type {any} */ button) => {
    const id = idOf(button);
    const liked = button.getAttribute("aria-pressed") !== "true";
    if (button.disabled) return;
    button.disabled = true;
    try {
      const found = await call(liked ? "PUT" : "DELETE", `/comments/${id}/like`);
      if (found.edit_token) keep("guest", { token: found.edit_token });
      setLiked(id, liked, found.like_count);
      announce(say(liked ? "liked" : "unliked"));
    } catch (error) {
      note(button, reason(error));
    }
    button.disabled = false;
    button.focus();
  },

  reply: (/** @type {any} */ button) => {
    const form = emptyForm();
    const shut = below(button, () => form);
    if (!form.isConnected) return shut();
    const done = (/** @type {any} */ comment) => {
      shut();
      posted(comment);
    };
    compose(form, { parent: idOf(button), name: nameOf(button), done, shut });
  },

  edit: async (/** @type {any} */ button) => {
    const id = idOf(button);
    const form = emptyForm();
    try {
      const { text } = await call("GET", `/comments/${id}`);
      const shut = below(button, () => form);
      if (!form.isConnected) return shut();
      const done = (/** @type {any} */ comment) => {
        shut();
        showOwn({ ...comment, fresh: true });
        announce(say("saved"));
      };
      compose(form, { id, text, done, shut });
    } catch (error) {
      note(button, reason(error));
    }
  },

  withdraw: (/** @type {any} */ button) => {
    const form = html`
      <form class="panel"><p>${say("withdraw_sure")}</p>
        <p class="end"><button class="plain">${say("withdraw")}</button>
          <button type="button" class="do">${say("keep")}</button></p></form>`;
    const shut = below(button, () => form);
    $("[type=button]", form).onclick = shut;
    form.onsubmit = async (/** @type {Event} */ event) => {
      event.preventDefault();
      const id = idOf(button);
      try {
        await call("DELETE", `/comments/${id}`);
        const node = place(id);
        // biome-ignore lint/performance/useDomNodeTextContent: with the line breaks that are seen
        const message = $(".text", node)?.innerText ?? "";
        if ($(":scope > .replies > .c", node)) {
          node.classList.add("gap");
          $("article", node).replaceChildren(html`<p class="gone">${say("withdrawn")}</p>`);
        } else node.remove();
        announce(say("withdrawn"));
        emit("comment.remove", { href: page.href, commentID: id, message });
      } catch (error) {
        note(button, reason(error));
      }
    };
  },

  flag: (/** @type {any} */ button) => {
    const form = flagForm(button);
    const shut = below(button, () => form);
    const area = $("textarea", form);
    $(".plain", form).onclick = shut;
    form.onchange = () => {
      area.required = form.why.value === "illegal";
      $("p", form).hidden = !area.required;
      $("label > span", form).textContent = say(area.required ? "report_law" : "report_note");
    };
    form.onsubmit = async (/** @type {Event} */ event) => {
      event.preventDefault();
      try {
        await call("POST", `/comments/${idOf(button)}/flags`, {
          reason: form.why.value,
          note: area.value || undefined,
        });
        button.disabled = true;
        note(button, say("reported"));
      } catch (error) {
        note(button, reason(error));
      }
    };
  },
};

/** Say something at a comment, where a form may have been. @param {any} button @param {string} text */
export function note(button, text) {
  const article = button.closest("article");
  $(":scope > form", article)?.remove();
  $(":scope > .tell", article)?.remove();
  article.append(html`<p class="tell">${text}</p>`);
  announce(text);
}
