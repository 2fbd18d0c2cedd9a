// SHA-256 of a short ASCII text (FIPS 180-4). The browser's own requires TLS and is asynchronous: after it, no window
// may be opened.
// @ts-check

/** @type {number[]} */
const primes = [];
for (let n = 2; primes.length < 64; n++) if (primes.every((each) => n % each)) primes.push(n);
/** @param {number} root gives the first 32 bits of its fraction */
const bits = (root) => ((root % 1) * 2 ** 32) | 0;
/** @type {(word: number, by: number) => number} */
const turn = (word, by) => (word >>> by) | (word << (32 - by));

/** @param {string} text @returns {string} in hexadecimal */
export function sha256(text) {
  const words = new Uint32Array(((text.length + 72) >> 6) << 4);
  for (let i = 0; i < text.length; i++) words[i >> 2] |= text.charCodeAt(i) << (24 - (i % 4) * 8);
  words[text.length >> 2] |= 0x80 << (24 - (text.length % 4) * 8);
  words[words.length - 1] = text.length * 8;
  const sums = Int32Array.from(primes.slice(0, 8), (each) => bits(Math.sqrt(each)));
  for (let at = 0; at < words.length; at += 16) {
    const w = Int32Array.from(words.subarray(at, at + 16));
    const long = new Int32Array(64);
    let [a, b, c, d, e, f, g, h] = sums;
    for (let i = 0; i < 64; i++) {
      const x = long[i - 15];
      const y = long[i - 2];
      const near = turn(x, 7) ^ turn(x, 18) ^ (x >>> 3);
      const far = turn(y, 17) ^ turn(y, 19) ^ (y >>> 10);
      long[i] = i < 16 ? w[i] : long[i - 16] + near + long[i - 7] + far;
      const mixed = (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + ((e & f) ^ (~e & g));
      const one = h + mixed + bits(Math.cbrt(primes[i])) + long[i];
      const two = (turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + ((a & b) ^ (a & c) ^ (b & c));
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) | 0, c, b, a, (one + two) | 0];
    }
    for (const [i, each] of [a, b, c, d, e, f, g, h].entries()) sums[i] += each;
  }
  return [...sums].map((each) => (each >>> 0).toString(16).padStart(8, "0")).join("");
}
