/** Reads the files of a tar as a stream: ustar, GNU and pax names, sizes of any length (POSIX.1-2024, pax). */
import { type ByteReader, createByteReader } from './byte-reader.ts';

export interface TarEntry {
  readonly name: string;
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly modifiedAt: number;
  /** To be read before the next entry is asked for. */
  readonly chunks: AsyncIterable<Buffer>;
}

const block = 512;
/** Names are shorter; a longer one is no name. */
const maxExtended = 1024 * 1024;

/** By the checksum of its first header, which the oldest tars have too, before there was a word to know them by. */
export const looksLikeTar = (head: Buffer): boolean =>
  head.length >= block && head[0] !== 0 && isChecked(head);

/** Regular files only. Throws where the archive is damaged or ends too early. */
export async function* tarEntries(chunks: AsyncIterable<Buffer>): AsyncGenerator<TarEntry> {
  const reader = createByteReader(chunks);
  let extended: Extended = {};
  for (let header = await nextHeader(reader); header !== undefined; header = await nextHeader(reader)) {
    const type = header.toString('latin1', 156, 157);
    const size = sizeOf(header, type, extended);
    if (isExtension(type)) {
      if (size > maxExtended) throw new Error('it is damaged');
      extended = { ...extended, ...extensionOf(type, (await reader.read(size)).toString('utf8')) };
    } else {
      if (isFile(type)) yield entryOf(header, extended, { size, chunks: reader.pieces(size) });
      else await reader.skip(size);
      extended = {};
    }
    await reader.skip((block - (size % block)) % block);
  }
}

/** Undefined at the end of the archive. */
async function nextHeader(reader: ByteReader): Promise<Buffer | undefined> {
  const header = await reader.read(block);
  if (header.length === 0 || isEmpty(header)) return undefined;
  if (header.length < block) throw new Error('it ends too early');
  if (!isChecked(header)) throw new Error('it is damaged');
  return header;
}

/** Links, devices and folders have no content, whatever size they name. */
function sizeOf(header: Buffer, type: string, { size }: Extended): number {
  const hasContent = isFile(type) || isExtension(type) || type === 'g' || type === 'K';
  return hasContent ? (size ?? numberAt(header, 124, 12)) : 0;
}

/** A pax header or a long name (GNU) for the entry that follows. */
const isExtension = (type: string): boolean => type === 'x' || type === 'L';

const extensionOf = (type: string, text: string): Extended =>
  type === 'x' ? paxOf(text) : { path: text.replace(/\0.*$/s, '') };

interface Extended {
  readonly path?: string;
  readonly size?: number;
  readonly mtime?: number;
}

const isFile = (type: string): boolean => type === '0' || type === '\0' || type === '7';

const entryOf = (
  header: Buffer,
  { path, mtime }: Extended,
  content: Pick<TarEntry, 'size' | 'chunks'>,
): TarEntry => ({
  ...content,
  name: path ?? pathOf(header),
  modifiedAt: (mtime ?? numberAt(header, 136, 12)) * 1000,
});

function pathOf(header: Buffer): string {
  const prefix = textAt(header, 345, 155);
  const name = textAt(header, 0, 100);
  // GNU keeps other things in place of the prefix.
  return prefix === '' || header.toString('latin1', 257, 263) !== 'ustar\0' ? name : `${prefix}/${name}`;
}

const textAt = (bytes: Buffer, start: number, length: number): string =>
  bytes.toString('utf8', start, start + length).replace(/\0.*$/s, '');

/** Octal digits, or with the first bit set a binary number (GNU). */
function numberAt(header: Buffer, start: number, length: number): number {
  if (((header[start] ?? 0) & 0x80) !== 0) return header.readUIntBE(start + length - 6, 6);
  return Number.parseInt(textAt(header, start, length).trim() || '0', 8);
}

/** Records `length key=value\n`; the length counts bytes, but no key that we read has a value that needs that. */
function paxOf(text: string): Extended {
  const value = (key: string): string | undefined => new RegExp(`^\\d+ ${key}=(.*)$`, 'm').exec(text)?.[1];
  const [path, size, mtime] = [value('path'), value('size'), value('mtime')];
  return {
    ...(path === undefined ? {} : { path }),
    ...(size === undefined ? {} : { size: Number(size) }),
    ...(mtime === undefined ? {} : { mtime: Number(mtime) }),
  };
}

const isEmpty = (header: Buffer): boolean => header.every((byte) => byte === 0);

/** The sum of all bytes, the field of the sum itself counted as blanks. */
function isChecked(header: Buffer): boolean {
  let sum = 8 * 0x20;
  for (let at = 0; at < block; at += 1) if (at < 148 || at >= 156) sum += header[at] ?? 0;
  return sum === numberAt(header, 148, 8);
}
