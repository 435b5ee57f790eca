/** Counts of tokens that mails asked for, of all models together: of a fixed size, so that it never grows, moves or is cleaned. */

export interface CountCache {
  /** Where the counts stand; -1 if they are not here. Valid until something is put. */
  find(model: number, token: number): number;
  spamAt(place: number): number;
  hamAt(place: number): number;
  /** 0, 0 is worth knowing, too: most words of a mail were never taught. It may push others out. */
  put(model: number, token: number, counts: { readonly spam: number; readonly ham: number }): void;
  clear(): void;
}

/** Places that a token may stand at, side by side. */
const ways = 4;

/** `size`: tokens at least, 20 bytes each. `model`: from 1. */
export function createCountCache(size: number): CountCache {
  const sets = 1 << Math.max(0, 32 - Math.clz32(Math.ceil(size / ways) - 1));
  // 0: nobody's, so that memory that was never used is never touched.
  const models = new Uint32Array(sets * ways);
  const tokens = new Float64Array(sets * ways);
  const spams = new Uint32Array(sets * ways);
  const hams = new Uint32Array(sets * ways);
  let turn = 0;

  /** The low bits of a token are as good as random; the lowest tells pairs from words. */
  const firstOf = (model: number, token: number): number =>
    (((token | 0) >>> 1) ^ Math.imul(model, 0x9e3779b1)) & (sets - 1);
  const find = (model: number, token: number): number => {
    const first = firstOf(model, token) * ways;
    for (let place = first; place < first + ways; place++) {
      if (tokens[place] === token && models[place] === model) return place;
    }
    return -1;
  };
  /** An empty place, else one that knows of nothing, else the next in turn. */
  const placeFor = (model: number, token: number): number => {
    const first = firstOf(model, token) * ways;
    let untaught = -1;
    for (let place = first; place < first + ways; place++) {
      if (models[place] === 0) return place;
      if (spams[place] === 0 && hams[place] === 0) untaught = place;
    }
    turn = (turn + 1) % ways;
    return untaught < 0 ? first + turn : untaught;
  };
  return {
    find,
    spamAt: (place) => spams[place] ?? 0,
    hamAt: (place) => hams[place] ?? 0,
    put(model, token, { spam, ham }) {
      const known = find(model, token);
      const place = known < 0 ? placeFor(model, token) : known;
      models[place] = model;
      tokens[place] = token;
      spams[place] = spam;
      hams[place] = ham;
    },
    clear: () => void models.fill(0),
  };
}
