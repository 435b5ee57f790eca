/** A file, or a part of an archive, as a stream whose first bytes can be looked at. */
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { pipeline, Readable } from 'node:stream';
import { headBytes } from './kinds.ts';

export interface Source {
  readonly name: string;
  /** Milliseconds since 1970. */
  readonly modifiedAt: number;
  /** The first bytes, or all if there are fewer. */
  readonly head: Buffer;
  /** All bytes, the first ones too; once. */
  readonly chunks: AsyncIterable<Buffer>;
  /** Where it lies by itself on the disk. */
  readonly path?: string;
  /** Lets go of what was opened, however much of it was read. */
  close(): Promise<void>;
}

/** Reads as much as `head` needs. */
export async function sourceOf(
  about: Pick<Source, 'name' | 'modifiedAt' | 'path'>,
  chunks: AsyncIterable<Buffer>,
): Promise<Source> {
  const iterator = chunks[Symbol.asyncIterator]();
  const first: Buffer[] = [];
  let length = 0;
  while (length < headBytes) {
    const next = await iterator.next();
    if (next.done === true) break;
    first.push(next.value);
    length += next.value.length;
  }
  const head = first.length === 1 && first[0] !== undefined ? first[0] : Buffer.concat(first);
  async function* all(): AsyncGenerator<Buffer> {
    if (head.length > 0) yield head;
    for (let next = await iterator.next(); next.done !== true; next = await iterator.next()) yield next.value;
  }
  return {
    ...about,
    head: head.subarray(0, headBytes),
    chunks: all(),
    async close() {
      await iterator.return?.();
    },
  };
}

/** Small files are read in one go: an archive is mostly made of them. */
const wholeBytes = 256 * 1024;

/** Rejects where the file cannot be read. */
export async function openFile(path: string, name: string): Promise<Source> {
  await using file = await open(path, 'r');
  const { size, mtimeMs } = await file.stat();
  const about = { name, modifiedAt: mtimeMs, path };
  if (size > wholeBytes) return await sourceOf(about, chunksOfFile(path));
  const whole = await file.readFile();
  return {
    ...about,
    head: whole.subarray(0, headBytes),
    chunks: oneChunk(whole),
    close: () => Promise.resolve(),
  };
}

async function* chunksOfFile(path: string): AsyncGenerator<Buffer> {
  await using file = await open(path, 'r');
  for (;;) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(wholeBytes), 0, wholeBytes, null);
    if (bytesRead === 0) return;
    yield buffer.subarray(0, bytesRead);
  }
}

async function* oneChunk(bytes: Buffer): AsyncGenerator<Buffer> {
  yield bytes;
}

/** What a gzip file holds. */
export async function unzipped({ name, modifiedAt, chunks }: Source): Promise<Source> {
  // An error is the reader's to see: it comes out of the iteration.
  const inside: AsyncIterable<Buffer> = pipeline(Readable.from(chunks), createGunzip(), () => undefined);
  return sourceOf({ name, modifiedAt }, inside);
}
