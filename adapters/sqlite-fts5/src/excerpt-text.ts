/** The stored beginning of a mail's text, from which excerpts are cut: bounded, and packed with zstd. */
import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import type { QuarantineDocument } from '@sluice/core/ports/quarantine-index.ts';

/** Characters kept. Packed they take some 230 bytes a mail; a match further back is shown by the beginning of the text. */
const keptBody = 400;
const keptNames = 160;
const maxBytes = 8 * 1024;

/** For so little the quickest level packs best, and a large buffer for the answer is half of the work. */
const packing = { chunkSize: 1024, params: { [constants.ZSTD_c_compressionLevel]: 1 } };

/** Ends each text, and occurs in none. */
const end = '\n';

const collapse = (text: string): string => text.replace(/\s+/gu, ' ').trim();

/** undefined where a mail has neither attachment names nor text. */
export function packExcerptText(mail: QuarantineDocument): Uint8Array | undefined {
  const names = collapse(mail.attachmentNames.join(' ').slice(0, keptNames));
  const body = collapse(mail.body.slice(0, keptBody * 4)).slice(0, keptBody);
  const text = names === '' ? body : `${body} [${names}]`;
  if (text.trim() === '') return undefined;
  const bytes = Buffer.from(text.toWellFormed() + end);
  return zstdCompressSync(bytes, { ...packing, pledgedSrcSize: bytes.length });
}

/** In the same order. All at once, as one stream of many frames: beginning to unpack costs ten times what a text does. */
export function unpackExcerptTexts(packed: readonly Uint8Array[]): readonly string[] {
  if (packed.length === 0) return [];
  const all = zstdDecompressSync(Buffer.concat(packed), { maxOutputLength: packed.length * maxBytes });
  return all.toString().split(end).slice(0, -1);
}
