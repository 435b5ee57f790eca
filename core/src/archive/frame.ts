/** Reads one frame of an open pack: its mails by its part of the mail table, and their bytes as they were received. */
import { sha256 } from '../kernel/hash.ts';
import type { PackStore } from '../ports/pack-store.ts';
import { copyBytes } from './bytes.ts';
import { loadDictionary, type DictionaryCache } from './dictionaries.ts';
import {
  codecs,
  encodings,
  trailerLength,
  type Directory,
  type FrameEntry,
  type MailEntry,
} from './format.ts';
import { decodeDirectory, decodeSection, decodeTrailer, directoryRange } from './index-codec.ts';
import { openPackSource, type PackSource } from './pack-source.ts';
import { crc32, decompress } from './zstd.ts';

/**
 * `missing`: there is no such pack, or it holds no such mail. `damaged`: what is there is not what was written, or was
 * written by a later version. An unavailable store is neither: its error is thrown on.
 */
export type ReadError = 'missing' | 'damaged';

export interface OpenPack {
  readonly store: PackStore;
  readonly name: string;
  readonly source: PackSource;
  readonly directory: Directory;
  readonly cache: DictionaryCache;
}

export async function openPack(
  store: PackStore,
  name: string,
  cache: DictionaryCache,
): Promise<OpenPack | ReadError> {
  const source = await openPackSource(store, name);
  if (source === undefined) return 'missing';
  const directory = await readDirectory(source);
  return directory ? { store, name, source, directory, cache } : missingOrDamaged(store, name);
}

/** Compaction may delete a pack while it is read: then it is missing, not damaged. */
export const missingOrDamaged = async (store: PackStore, name: string): Promise<ReadError> =>
  (await store.size(name)) === undefined ? 'missing' : 'damaged';

export async function readDirectory(source: PackSource): Promise<Directory | undefined> {
  const { size } = source;
  const tail = await source.read({ start: size - trailerLength, length: trailerLength });
  const trailer = tail && decodeTrailer(tail, size);
  if (trailer === undefined) return undefined;
  const bytes = await source.read(directoryRange(trailer, size));
  return bytes && decodeDirectory(bytes, trailer, size);
}

/** The mails of a frame, without their bytes; undefined if the section is damaged. */
export async function readSection(pack: OpenPack, frame: FrameEntry): Promise<MailEntry[] | undefined> {
  const section = await pack.source.read(frame.section);
  return section && decodeSection(section, frame);
}

/** The unpacked bytes of a frame; undefined if it or its dictionary is damaged or gone. */
export async function readFrame(pack: OpenPack, frame: FrameEntry): Promise<Uint8Array | undefined> {
  const packed = await pack.source.read(frame.packed);
  if (packed === undefined || crc32(packed) !== frame.packedChecksum) return undefined;
  if (frame.codec === codecs.stored) return packed.length === frame.unpackedLength ? packed : undefined;
  if (frame.codec !== codecs.zstd) return undefined;
  if (frame.dictionary === 0) return decompress(packed, frame.unpackedLength);
  const dictionary = await loadDictionary(frame.dictionary - 1, pack);
  return dictionary && decompress(packed, frame.unpackedLength, dictionary);
}

/** A copy of the mail's bytes, which does not hold on to the frame; undefined if they are not what was archived. */
export function restoreMail(
  unpacked: Uint8Array,
  frame: FrameEntry,
  mail: MailEntry,
): Uint8Array | undefined {
  if (frame.encoding !== encodings.raw) return undefined;
  const raw = copyBytes(unpacked.subarray(mail.stored.start, mail.stored.start + mail.stored.length));
  return isEqual(sha256(raw), mail.sha256) ? raw : undefined;
}

const isEqual = (left: Uint8Array, right: Uint8Array): boolean =>
  left.length === right.length && left.every((byte, at) => byte === right[at]);
