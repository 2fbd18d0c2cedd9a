// Tries numbers until one gives a hash: in a worker or, without one, in slices on the main thread.
// @ts-check

const ROUNDS = 64;
/** @type {number[]} */
const primes = [];
for (let n = 2; primes.length < ROUNDS; n++) if (primes.every((each) => n % each)) primes.push(n);
/** @param {number} root gives the first 32 bits of its fraction */
const bits = (root) => ((root % 1) * 2 ** 32) | 0;
const START = Int32Array.from(primes.slice(0, 8), (each) => bits(Math.sqrt(each)));
const STEPS = Int32Array.from(primes, (each) => bits(Math.cbrt(each)));
const w = new Int32Array(ROUNDS);

/** Whether SHA-256 (FIPS 180-4) of an ASCII text of at most 55 characters begins with these words.
 * @param {string} text @param {Int32Array} wanted */
function makes(text, wanted) {
  w.fill(0, 0, 16);
  const { length } = text;
  for (let i = 0; i < length; i++) w[i >> 2] |= text.charCodeAt(i) << (24 - (i & 3) * 8);
  w[length >> 2] |= 0x80 << (24 - (length & 3) * 8);
  w[15] = length * 8;
  for (let i = 16; i < ROUNDS; i++) {
    const x = w[i - 15];
    const y = w[i - 2];
    const near = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
    const far = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
    w[i] = (w[i - 16] + near + w[i - 7] + far) | 0;
  }
  let [a, b, c, d, e, f, g, h] = START;
  for (let i = 0; i < ROUNDS; i++) {
    const mixed = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const one = (h + mixed + ((e & f) ^ (~e & g)) + STEPS[i] + w[i]) | 0;
    const turned = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const two = (turned + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + one) | 0;
    d = c;
    c = b;
    b = a;
    a = (one + two) | 0;
  }
  return ((a + START[0]) | 0) === wanted[0] && ((b + START[1]) | 0) === wanted[1];
}

/** The first number in a range (end exclusive) that gives the hash with the salt; -1 if none does.
 * @param {string} salt @param {string} hash in hexadecimal @param {number} from @param {number} to */
export function search(salt, hash, from, to) {
  const wanted = Int32Array.from([0, 8], (at) => Number.parseInt(hash.slice(at, at + 8), 16) | 0);
  for (let number = from; number < to; number++) if (makes(salt + number, wanted)) return number;
  return -1;
}

if (!("document" in globalThis))
  addEventListener("message", ({ data }) => {
    const { salt, hash, most } = data;
    /** @type {any} */ (globalThis).postMessage(search(salt, hash, 0, most + 1));
  });
