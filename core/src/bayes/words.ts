/** Cuts text into words: letters and digits of any script, with the signs that spammers and shops like. */
import type { Family, TokenBag } from './token-bag.ts';

const none = 0;
const letter = 1;
const digit = 2;
/** Part of a word only between other characters. */
const joiner = 3;
/** A word of its own with its neighbour: scripts without spaces are read two characters at a time. */
const ideograph = 4;

/** Ranges that are not letters as all else is beyond ASCII: from, to (included), class. Ascending. */
const ranges: readonly (readonly [number, number, number])[] = [
  [0x80, 0xa1, none],
  [0xa6, 0xbf, none],
  [0x2000, 0x206f, none],
  [0x3000, 0x3004, none],
  [0x3008, 0x303f, none],
  [0x3040, 0x9fff, ideograph],
  [0xff00, 0xff0f, none],
];

/** By code unit. */
const classes = new Uint8Array(0x10000).fill(letter);
classes.fill(none, 0, 0x80);
for (const [from, to, kind] of ranges) classes.fill(kind, from, to + 1);
for (let code = 0; code < 0x80; code++) {
  const character = String.fromCharCode(code);
  if (/[a-zA-Z_$!]/.test(character)) classes[code] = letter;
  else if (/[0-9]/.test(character)) classes[code] = digit;
  else if (/['.,@-]/.test(character)) classes[code] = joiner;
}

const classOf = (code: number): number => classes[code] ?? none;

export interface WordOptions {
  readonly words: Family;
  /** Two neighbours together; undefined: none. */
  readonly pairs: Family | undefined;
  /** Words at most. */
  readonly limit: number;
}

/** Longer words are known by their beginning. */
const longest = 20;
const beginning = 8;

/** Adds the words of the text to the bag. */
export function addWords(bag: TokenBag, text: string, { words, pairs, limit }: WordOptions): void {
  let left = limit;
  let previous = -1;
  let previousFrom = 0;
  let at = 0;
  while (at < text.length && left > 0) {
    const kind = classOf(text.charCodeAt(at));
    if (kind === none || kind === joiner) {
      at += 1;
      continue;
    }
    const from = at;
    at = kind === ideograph ? Math.min(at + 2, text.length) : endOfWord(text, at);
    left -= 1;
    const hash = bag.add(words, text, from, at - from > longest ? from + beginning : at);
    if (pairs !== undefined && previous >= 0) {
      bag.addPair(pairs, [previous, hash], { text, from: previousFrom, to: at });
    }
    previous = hash;
    previousFrom = from;
    if (kind === ideograph) at -= 1;
  }
}

function endOfWord(text: string, from: number): number {
  let at = from + 1;
  for (; at < text.length; at++) {
    const kind = classOf(text.charCodeAt(at));
    if (kind === letter || kind === digit) continue;
    if (kind !== joiner || at + 1 >= text.length) break;
    const next = classOf(text.charCodeAt(at + 1));
    if (next !== letter && next !== digit) break;
  }
  return at;
}
