/** The readable text of a mail, from its text leaves in their order. */
import { decodeText } from './charset.ts';
import { htmlToText } from './html-text.ts';
import type { Leaf } from './leaf.ts';

export interface TextLimits {
  /** Characters of the result. */
  readonly textLimit: number;
  /** Bytes of the mail's text that are decoded at all. */
  readonly maxTextBytes: number;
}

export interface TextCollector {
  add(leaf: Leaf, content: Buffer): void;
  toString(): string;
}

/** Takes what a mail program shows: text and HTML parts that are no attachments. */
export function createTextCollector({ textLimit, maxTextBytes }: TextLimits): TextCollector {
  const pieces: string[] = [];
  let bytesLeft = maxTextBytes;
  let charactersLeft = textLimit;
  return {
    add(leaf, content) {
      if (!isReadable(leaf) || bytesLeft <= 0 || charactersLeft <= 0) return;
      const shown = content.subarray(0, bytesLeft);
      bytesLeft -= shown.length;
      const decoded = decodeText(shown, leaf.charset);
      const text = leaf.type === 'text/html' ? htmlToText(decoded, charactersLeft) : plainText(decoded);
      if (text === '') return;
      pieces.push(text.slice(0, charactersLeft));
      charactersLeft -= text.length + 1;
    },
    toString: () => pieces.join('\n').slice(0, textLimit),
  };
}

export const isReadable = (leaf: Leaf): boolean =>
  leaf.disposition !== 'attachment' &&
  (leaf.type === 'text/plain' || leaf.type === 'text/html' || leaf.type === 'text/enriched');

const plainText = (text: string): string => text.replaceAll('\r\n', '\n').trimEnd();
