/**
 * Hashes of tokens: 36 bits. They are whole numbers in JavaScript, SQLite and PostgreSQL alike, the gaps between those of a mail
 * take four bytes, and of 500 mails one has a word that is taken for another of a full model.
 */

/** Two halves that are mixed side by side; values are 32-bit integers. */
export interface Seed {
  readonly high: number;
  readonly low: number;
}

const start: Seed = { high: 0x2c1b3c6d, low: 0x297a2d39 };

/** Where the hashes of a family of tokens begin, such as the words of one header. */
export const seedOf = (family: string): Seed => hashOnto(start, family, 0, family.length);

/** Goes on with the characters from `from` to before `to`. */
function hashOnto({ high, low }: Seed, text: string, from: number, to: number): Seed {
  let one = high;
  let two = low;
  for (let at = from; at < to; at++) {
    const code = text.charCodeAt(at);
    one = Math.imul(one ^ code, 0x01000193);
    two = Math.imul((two << 5) ^ (two >>> 27) ^ code, 0x5bd1e995);
  }
  return { high: one, low: two };
}

/** The hash of a token: at least 0, below 2^36. */
export function tokenHash(seed: Seed, text: string, from: number, to: number): number {
  const { high: one, low: two } = hashOnto(seed, text, from, to);
  const joined = join(one, two);
  return joined % 2 === 0 ? joined : joined - 1;
}

/** The hash of two tokens that stand together in this order; odd, and that of a single token is even. */
export function pairHash(first: number, second: number): number {
  const one = Math.imul((first | 0) ^ 0x7feb352d, 0x01000193) ^ (second | 0);
  const two = Math.imul(((first / 0x100000000) | 0) ^ 0x68e31da4, 0x5bd1e995) ^ ((second / 0x100000000) | 0);
  const joined = join(Math.imul(one, 0x01000193) ^ two, Math.imul(two, 0x5bd1e995) ^ (one >>> 7));
  return joined % 2 === 0 ? joined + 1 : joined;
}

export const isPair = (token: number): boolean => token % 2 === 1;

/** The finishing step of MurmurHash3 (Appleby, 2008), so that every bit of the text tells in every bit of the hash. */
function finish(half: number): number {
  let mixed = Math.imul(half ^ (half >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return mixed ^ (mixed >>> 16);
}

const join = (one: number, two: number): number =>
  (finish(one ^ (two >>> 3)) >>> 28) * 0x100000000 + (finish(two ^ Math.imul(one, 0x9e3779b1)) >>> 0);
