// Proof of work for a comment that a script may have sent: nothing to solve, only a moment to wait.
// @ts-check
import { announce } from "../lib/dom.js";
import { say } from "../lib/words.js";

/** @typedef {{token: string, salt: string, hash: string, most: number, wait: number}} Challenge */

const WORK = "$prefix$/static/$version$/embed/work.js";
const SLICE = 500; // numbers per slice without a worker: a few milliseconds

/** @param {Challenge} challenge @returns {Promise<number>} */
function inWorker({ salt, hash, most }) {
  return new Promise((done, fail) => {
    const worker = new Worker(WORK, { type: "module" });
    const end = (/** @type {() => void} */ then) => {
      worker.terminate();
      then();
    };
    worker.onmessage = ({ data }) => end(() => done(data));
    worker.onerror = () => end(() => fail(new Error()));
    worker.postMessage({ salt, hash, most });
  });
}

/** @param {Challenge} challenge @returns {Promise<number>} */
async function inSlices({ salt, hash, most }) {
  const { search } = await import(WORK);
  for (let from = 0; from <= most; from += SLICE) {
    const found = search(salt, hash, from, Math.min(from + SLICE, most + 1));
    if (found >= 0) return found;
    await new Promise((done) => setTimeout(done, 0));
  }
  return -1;
}

export const meet = {
  /** The proof to send along. Shows and announces meanwhile what is happening.
   * @param {Challenge} challenge @param {import("./form.js").Form} view @returns {Promise<string>} */
  async make(challenge, view) {
    const ready = new Promise((done) => setTimeout(done, challenge.wait * 1000 + 100));
    view.tell(say("checking"));
    announce(say("checking"));
    const number = await inWorker(challenge).catch(() => inSlices(challenge));
    await ready;
    view.tell("");
    return `${challenge.token}.${number}`;
  },
};
