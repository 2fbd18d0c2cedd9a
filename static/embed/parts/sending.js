// Sending a text: the question before it, and the request.
// @ts-check
import { $, page } from "../lib/dom.js";
import { Problem, call } from "../lib/http.js";
import { part } from "../lib/parts.js";

/** @typedef {import("./draft.js").Task} Task */

/** @typedef {{sentences: string[], lines: {text: string, href: string | null}[], action: string}} Doubts */

/** What may hurt about a text, in sentences, and help lines. A failure lets the text pass, except when the reader's
 * sign-in has ended: it would be posted under another name.
 * @param {string} text @returns {Promise<Doubts | null>} */
export async function doubts(text) {
  if (!page.nudge) return null;
  const { site, href, tags, locale } = page;
  const asked = call("POST", "/score", { site, href, tags, text, locale });
  const late = new Promise((done) => setTimeout(done, 3000));
  const answer = await Promise.race([asked, late]).catch((error) => {
    if (error.status === 401) throw error;
  });
  return answer?.ask ? answer : null;
}

/** Send the request, and retry after 1, 3 and 8 seconds without a response: its key makes it one comment.
 * @param {Task} task @param {import("./draft.js").Draft["now"]} draft @param {string | undefined} name
 * @param {() => void} waiting called before each pause
 * @param {import("./form.js").Form} view */
export async function sendComment(task, { text, mentions, key }, name, waiting, view) {
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
  for (const pause of [1, 3, 8, 0]) {
    try {
      return await call(task.id ? "PATCH" : "POST", path, body, task.id ? "" : key);
    } catch (error) {
      const { challenge } = /** @type {any} */ (error);
      if (pause && challenge) {
        body.effort = await (await part("effort")).meet.make(challenge, view);
        continue;
      }
      if (!pause || !mayPass(error)) throw error;
      waiting();
      await new Promise((done) => setTimeout(done, pause * 1000));
    }
  }
}

/** Whether the same request may succeed later. A 409 means that it is still running only if it has a wait.
 * @param {any} error */
const mayPass = (error) =>
  error instanceof Problem && [0, 409, 502, 503, 504].includes(error.status) && (error.status !== 409 || error.wait);
