// Sending a text: the question before it, and the request, which is tried again.
// @ts-check
import { $, page } from "../lib/dom.js";
import { Problem, call } from "../lib/http.js";
import { part } from "../lib/parts.js";

/** @typedef {import("./draft.js").Task} Task */

/** @typedef {{sentences: string[], lines: {text: string, href: string | null}[], action: string}} Doubts */

/** How long a text waits for what is good to know. */
export const late = () => new Promise((done) => setTimeout(done, 3000));

/** What may hurt about a text, in sentences, and help lines. A failure lets the text pass, except when the reader's
 * sign-in has ended: it would be posted under another name.
 * @param {string} text @param {string} [comment_id] the comment that is edited @returns {Promise<Doubts | null>} */
export async function doubts(text, comment_id) {
  if (!page.nudge) return null;
  const { site, href, tags, locale } = page;
  const asked = call("POST", "/score", { site, href, tags, text, locale, comment_id });
  const answer = await Promise.race([asked, late()]).catch((error) => {
    if (error.status === 401) throw error;
  });
  return answer?.ask ? answer : null;
}

/** Seconds before each further attempt. */
const PAUSES = [1, 3, 8];
const LONG = 600; // seconds without a connection

/** Send the request, and retry without a response: its key makes it one comment. Whoever has no connection by then is
 * waited for. Undefined if the reader goes on writing, or closes the form, between two attempts.
 * @param {Task} task @param {import("./draft.js").Draft["now"]} draft @param {string | undefined} name
 * @param {import("./form.js").Form} view */
export async function sendComment(task, { text, mentions, key }, name, view) {
  const { site, href, tags, locale, title, form } = page;
  /** @type {any} */
  const body = task.id
    ? { text, mentions }
    : {
        text,
        mentions,
        site,
        href,
        tags,
        parent_id: task.parent,
        title,
        form,
        name,
        website: $("[name=website]", view.form)?.value,
      };
  const path = `/comments${task.id ? `/${task.id}` : ""}?include=html&locale=${locale}`;
  let pauses = [...PAUSES];
  for (;;) {
    try {
      return await call(task.id ? "PATCH" : "POST", path, body, task.id ? "" : key);
    } catch (error) {
      const { challenge } = /** @type {any} */ (error);
      const pause = pauses.shift() ?? (navigator.onLine ? 0 : LONG);
      if (pause < LONG && pause && challenge) {
        body.effort = await (await part("effort")).meet.make(challenge, view);
        continue;
      }
      if (!pause || !mayPass(error)) throw error;
      const rest = ({ meet }) => meet.rest(pause, view, pause === LONG);
      const ended = await part("landing").then(rest, () => "lost");
      if (ended === "stop") return;
      if (ended === "online") pauses = [...PAUSES];
      else if (pause === LONG || ended === "lost") throw error;
    }
  }
}

/** Whether the same request may succeed later. A 409 means that it is still running only if it has a wait.
 * @param {any} error */
const mayPass = (error) =>
  error instanceof Problem && [0, 409, 502, 503, 504].includes(error.status) && (error.status !== 409 || error.wait);
