/** Counts by token in memory: open addressing over flat arrays, 16 bytes a place, because a model has up to 250,000 of them. */

export interface CountTable {
  readonly size: number;
  /** 0, 0 removes. */
  set(token: number, spam: number, ham: number): void;
  /** 0 for a token that is not there. */
  spamOf(token: number): number;
  hamOf(token: number): number;
}

const empty = -1;

/** `expected`: how many tokens are coming; it grows by itself. */
export function createCountTable(expected: number): CountTable {
  let capacity = 1 << Math.max(10, 33 - Math.clz32(Math.ceil(expected)));
  let tokens = new Float64Array(capacity).fill(empty);
  let spams = new Uint32Array(capacity);
  let hams = new Uint32Array(capacity);
  let used = 0;

  /** Where the token is, or would be put. Its low bits are as good as random. */
  const placeOf = (token: number): number => {
    let place = ((token | 0) >>> 1) & (capacity - 1);
    for (let at = tokens[place]; at !== token && at !== empty; at = tokens[place]) {
      place = (place + 1) & (capacity - 1);
    }
    return place;
  };
  const put = (token: number, spam: number, ham: number): void => {
    const place = placeOf(token);
    if (tokens[place] === empty) {
      // What was never there needs no place to say that it is gone.
      if (spam + ham === 0) return;
      used += 1;
    }
    tokens[place] = token;
    spams[place] = spam;
    hams[place] = ham;
  };
  const grow = (): void => {
    const before = { tokens, spams, hams };
    capacity *= 2;
    tokens = new Float64Array(capacity).fill(empty);
    spams = new Uint32Array(capacity);
    hams = new Uint32Array(capacity);
    used = 0;
    for (let place = 0; place < before.tokens.length; place++) {
      const token = before.tokens[place] ?? empty;
      if (token !== empty) put(token, before.spams[place] ?? 0, before.hams[place] ?? 0);
    }
  };
  return {
    get size() {
      return used;
    },
    set(token, spam, ham) {
      put(token, spam, ham);
      if (used * 4 > capacity * 3) grow();
    },
    spamOf: (token) => spams[placeOf(token)] ?? 0,
    hamOf: (token) => hams[placeOf(token)] ?? 0,
  };
}
