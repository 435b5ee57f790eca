/** The readable text of a mail, from its text leaves in their order. */
import { decodeText } from './charset.ts';
import { createContentFinder, type ContentFinder } from './content-finder.ts';
import { htmlToText } from './html-text.ts';
import type { Leaf } from './leaf.ts';

export interface TextLimits {
  /** Characters of the result. */
  readonly textLimit: number;
  /** Bytes of the mail's text that are decoded at all. */
  readonly maxTextBytes: number;
  /** Look for links, and at the HTML. */
  readonly content?: boolean;
}

export interface TextCollector {
  add(leaf: Leaf, content: Buffer): void;
  toString(): string;
  /** Undefined where the content is not asked for. */
  readonly found: Pick<ContentFinder, 'links' | 'html'> | undefined;
}

/** Takes what a mail program shows: text and HTML parts that are no attachments. */
export function createTextCollector({ textLimit, maxTextBytes, content: wanted }: TextLimits): TextCollector {
  const finder = wanted === true ? createContentFinder() : undefined;
  const pieces: string[] = [];
  let bytesLeft = maxTextBytes;
  let charactersLeft = textLimit;
  return {
    add(leaf, content) {
      const isFull = charactersLeft <= 0 && finder === undefined;
      if (!isReadable(leaf) || bytesLeft <= 0 || isFull) return;
      const shown = content.subarray(0, bytesLeft);
      bytesLeft -= shown.length;
      const decoded = decodeText(shown, leaf.charset);
      const text = readLeaf(leaf, decoded, Math.max(0, charactersLeft));
      if (text === '' || charactersLeft <= 0) return;
      pieces.push(text.slice(0, charactersLeft));
      charactersLeft -= text.length + 1;
    },
    toString: () => pieces.join('\n').slice(0, textLimit),
    found: finder,
  };

  function readLeaf(leaf: Leaf, decoded: string, limit: number): string {
    if (leaf.type === 'text/html') {
      finder?.page(decoded.length);
      return htmlToText(decoded, limit, finder);
    }
    finder?.scan(decoded);
    return plainText(decoded);
  }
}

export const isReadable = (leaf: Leaf): boolean =>
  leaf.disposition !== 'attachment' &&
  (leaf.type === 'text/plain' || leaf.type === 'text/html' || leaf.type === 'text/enriched');

const plainText = (text: string): string => text.replaceAll('\r\n', '\n').trimEnd();
