/** Looks at a leaf's content once more where its declared encoding may hide what a mail program would open. */
import type { Leaf } from './leaf.ts';
import { magicOf } from './sniff.ts';
import { decodeBase64, decodeQuotedPrintable } from './transfer-encoding.ts';

export interface LeafContent {
  readonly content: Buffer;
  /** Decoded in another way than declared. */
  readonly isRedecoded: boolean;
}

/** How much of the body decides. */
const looked = 600;

/**
 * The content as declared; but where that shows no known file, and the body decoded as base64 or quoted-printable begins
 * like one that carries programs, that instead: the encoding was declared in a way that only some programs understand.
 */
export function contentOf(leaf: Leaf): LeafContent {
  const content = leaf.content();
  const declared = { content, isRedecoded: false };
  if (magicOf(content) !== undefined) return declared;
  const start = firstContent(leaf.raw);
  for (const decode of [decodeBase64, decodeQuotedPrintable]) {
    const head = decode(leaf.raw.subarray(start, start + looked));
    if (magicOf(head) !== undefined && magicOf(leaf.raw.subarray(start)) === undefined) {
      return { content: decode(leaf.raw.subarray(start)), isRedecoded: true };
    }
  }
  return declared;
}

/** Past empty lines. */
function firstContent(raw: Buffer): number {
  let at = 0;
  while (at < raw.length && at < looked && (raw[at] ?? 0) <= 0x20) at += 1;
  return at;
}
