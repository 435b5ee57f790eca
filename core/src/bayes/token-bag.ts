/** The tokens of one mail: each once, with the place where it stands, so that the strongest can be shown. */
import { pairHash, type Seed, tokenHash } from './token-hash.ts';

/** What a token was taken from; its words in explanations. */
export type TokenKind =
  | 'word'
  | 'phrase'
  | 'subject'
  | 'header'
  | 'host'
  | 'link'
  | 'attachment'
  | 'structure';

/** A place in a text. */
export interface Place {
  readonly text: string;
  readonly from: number;
  readonly to: number;
}

export interface TokenBag {
  /** Of the text from `from` to before `to`; answers the hash. */
  add(family: Family, text: string, from: number, to: number): number;
  /** Two tokens that follow each other; `from` to `to` spans both. */
  addPair(family: Family, pair: readonly [number, number], place: Place): void;
  /** The hashes, each once. */
  readonly hashes: readonly number[];
  /** How the token at this place of `hashes` reads; at most 60 characters. */
  reads(index: number): { readonly kind: TokenKind; readonly about: string; readonly text: string };
}

/** Tokens that are told apart from others of the same text. */
export interface Family {
  readonly kind: TokenKind;
  /** Name of a header, or ''. */
  readonly about: string;
  readonly seed: Seed;
}

const readLimit = 60;

/** `limit`: tokens at most; what comes later is left out. */
export function createTokenBag(limit: number): TokenBag {
  const seen = new Set<number>();
  const hashes: number[] = [];
  const families: Family[] = [];
  const texts: string[] = [];
  const spans: number[] = [];
  const note = (hash: number, family: Family, { text, from, to }: Place): void => {
    if (hashes.length >= limit || seen.has(hash)) return;
    seen.add(hash);
    hashes.push(hash);
    families.push(family);
    texts.push(text);
    spans.push(from, to);
  };
  return {
    add(family, text, from, to) {
      const hash = tokenHash(family.seed, text, from, to);
      note(hash, family, { text, from, to });
      return hash;
    },
    addPair(family, [first, second], place) {
      note(pairHash(first, second), family, place);
    },
    hashes,
    reads(index) {
      const { kind = 'word', about = '' } = families[index] ?? {};
      const text = texts[index] ?? '';
      const from = spans[2 * index] ?? 0;
      return { kind, about, text: text.slice(from, Math.min(spans[2 * index + 1] ?? 0, from + readLimit)) };
    },
  };
}
