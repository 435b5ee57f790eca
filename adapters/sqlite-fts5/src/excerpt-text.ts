/** The stored beginning of a mail's text, from which excerpts are cut: bounded, and packed with zstd. */
import { zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { QuarantineDocument } from '@sluice/core/ports/quarantine-index.ts';

/** Characters kept. Packed they take some 230 bytes a mail; a match further back is shown by the beginning of the text. */
const keptBody = 400;
const keptNames = 160;
const maxBytes = 8 * 1024;

/** undefined where a mail has neither attachment names nor text. */
export function packExcerptText(mail: QuarantineDocument): Uint8Array | undefined {
  const names = mail.attachmentNames.join(' ').slice(0, keptNames);
  const body = mail.body
    .slice(0, keptBody * 4)
    .replace(/\s+/gu, ' ')
    .trim()
    .slice(0, keptBody);
  const text = names === '' ? body : `${body} [${names}]`;
  if (text.trim() === '') return undefined;
  const bytes = Buffer.from(text.toWellFormed());
  return zstdCompressSync(bytes, { pledgedSrcSize: bytes.length });
}

export const unpackExcerptText = (packed: Uint8Array): string =>
  zstdDecompressSync(packed, { maxOutputLength: maxBytes }).toString();
