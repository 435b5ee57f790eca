/**
 * A block: some consecutive events as byte strings. The heads say where each event belongs and how long it is, and are
 * read without the content; the content is the data and metadata of all of them, in frames of zstd one behind the other (see
 * block-layout.ts).
 *
 * Heads: CRC-32 of the rest (4 bytes, little-endian), number of events (varint), the earliest `created` (float64,
 * little-endian), 16 bytes of id an event, then for each event seven varints: position (after the first one the distance
 * to the one before), stream, revision, type, milliseconds after the earliest, length of data, length of metadata; and for each
 * frame its bytes as it lies in the content.
 */
import { constants, crc32, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { writeVarint } from '../protobuf/writer.ts';
import type { Extents } from './block-layout.ts';
import { layoutOf } from './block-layout.ts';
import { StoreFileError } from './database.ts';
import type { StoredEvent } from './requests.ts';

export interface PackedBlock {
  readonly heads: Buffer;
  readonly content: Buffer;
}

/** The heads of a block, by the number of the event in it. */
export interface BlockHeads extends Extents {
  readonly count: number;
  readonly positions: readonly number[];
  readonly revisions: readonly number[];
  readonly types: readonly number[];
  readonly created: readonly number[];
  /** 16 bytes each. */
  readonly ids: Uint8Array;
  /** Where each frame begins in the content; one more says where the content ends. */
  readonly frameBegins: readonly number[];
}

/** A higher level costs twice the time and saves nothing: what is sealed cannot be made smaller. */
const level = 1;
const idLength = 16;
const countAt = 4;
/** Checksum, number of events and earliest time; a varint has at most 8 bytes. */
const mostFixedBytes = 4 + 8 + 8;
const mostBytesAnEvent = idLength + 7 * 8;

/** Packs events in the order of their positions. Throws RangeError for what a block cannot hold. */
export function packBlock(events: readonly StoredEvent[]): PackedBlock {
  const frames = packFrames(events);
  const heads = Buffer.alloc(mostFixedBytes + events.length * mostBytesAnEvent + frames.length * 8);
  const earliest = events.reduce((least, { created }) => Math.min(least, created), Infinity);
  let at = writeVarint(heads, countAt, events.length);
  at = heads.writeDoubleLE(earliest, at);
  for (const { id } of events) {
    if (id.length !== idLength) throw new RangeError('An id has 16 bytes');
    heads.set(id, at);
    at += idLength;
  }
  let position = 0;
  for (const event of events) {
    at = writeVarint(heads, at, event.position - position);
    ({ position } = event);
    at = writeVarint(heads, at, event.stream);
    at = writeVarint(heads, at, event.revision);
    at = writeVarint(heads, at, event.type);
    at = writeVarint(heads, at, event.created - earliest);
    at = writeVarint(heads, at, event.data.length);
    at = writeVarint(heads, at, event.metadata.length);
  }
  for (const { length } of frames) at = writeVarint(heads, at, length);
  heads.writeUInt32LE(crc32(heads.subarray(countAt, at)), 0);
  return { heads: heads.subarray(0, at), content: Buffer.concat(frames) };
}

function packFrames(events: readonly StoredEvent[]): readonly Buffer[] {
  const { order, frames } = layoutOf({
    streams: events.map(({ stream }) => stream),
    dataLengths: events.map(({ data }) => data.length),
    metadataLengths: events.map(({ metadata }) => metadata.length),
  });
  const parts: Uint8Array[][] = [];
  for (const index of order) {
    const event = events[index];
    const frame = frames[index] ?? 0;
    if (event !== undefined) (parts[frame] ??= []).push(event.data, event.metadata);
  }
  return parts.map((part) => compressed(Buffer.concat(part)));
}

const compressed = (content: Buffer): Buffer =>
  zstdCompressSync(content, {
    pledgedSrcSize: content.length,
    params: { [constants.ZSTD_c_compressionLevel]: level, [constants.ZSTD_c_checksumFlag]: 1 },
  });

/** Reads the heads that `packBlock` wrote. Throws StoreFileError for others. */
export function readHeads(bytes: Uint8Array): BlockHeads {
  const heads = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (heads.length < countAt || crc32(heads.subarray(countAt)) !== heads.readUInt32LE(0)) {
    throw new StoreFileError('its heads are not what was written');
  }
  const varints = createVarintReader(heads, countAt);
  const count = varints.next();
  const earliest = heads.readDoubleLE(varints.skip(8));
  const idsAt = varints.skip(count * idLength);
  const positions: number[] = [];
  const streams: number[] = [];
  const revisions: number[] = [];
  const types: number[] = [];
  const created: number[] = [];
  const dataLengths: number[] = [];
  const metadataLengths: number[] = [];
  let position = 0;
  for (let index = 0; index < count; index += 1) {
    position += varints.next();
    positions.push(position);
    streams.push(varints.next());
    revisions.push(varints.next());
    types.push(varints.next());
    created.push(earliest + varints.next());
    dataLengths.push(varints.next());
    metadataLengths.push(varints.next());
  }
  const frameBegins = [0];
  for (let end = 0; varints.isMore(); frameBegins.push(end)) end += varints.next();
  const ids = heads.subarray(idsAt, idsAt + count * idLength);
  const extents = { streams, dataLengths, metadataLengths };
  return { ...extents, count, positions, revisions, types, created, ids, frameBegins };
}

/** A frame that has so many bytes when it is unpacked. Throws StoreFileError where it is not what was written. */
export function unpackFrame(frame: Uint8Array, length: number): Buffer {
  try {
    const bytes = zstdDecompressSync(frame, {
      maxOutputLength: Math.max(length, 1),
      // Beyond what is needed, or Node would look for more in a second buffer.
      chunkSize: length + 64,
    });
    if (bytes.length === length) return bytes;
  } catch (error) {
    throw new StoreFileError('its content cannot be unpacked', { cause: error });
  }
  throw new StoreFileError('its content is not what was written');
}

/** The event of the heads with its frame unpacked, in which its data begins there; its bytes are views of both. */
export function eventIn(heads: BlockHeads, index: number, frame: Buffer, begin: number): StoredEvent {
  const middle = begin + (heads.dataLengths[index] ?? 0);
  return {
    position: heads.positions[index] ?? 0,
    stream: heads.streams[index] ?? 0,
    revision: heads.revisions[index] ?? 0,
    type: heads.types[index] ?? 0,
    created: heads.created[index] ?? 0,
    id: idIn(heads, index),
    data: frame.subarray(begin, middle),
    metadata: frame.subarray(middle, middle + (heads.metadataLengths[index] ?? 0)),
  };
}

/** The id of an event of the block. */
export const idIn = ({ ids }: BlockHeads, index: number): Uint8Array =>
  ids.subarray(index * idLength, (index + 1) * idLength);

/** Number in the block of the first event at this position or after it; `count` if there is none. */
export function indexFrom({ positions, count }: BlockHeads, position: number): number {
  let [low, high] = [0, count];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((positions[middle] ?? 0) < position) low = middle + 1;
    else high = middle;
  }
  return low;
}

interface VarintReader {
  next(): number;
  /** Passes over so many bytes; answers where they begin. */
  skip(bytes: number): number;
  isMore(): boolean;
}

/** Whole numbers up to 2^53. The checksum has been compared: only a fault of ours could end too early. */
function createVarintReader(bytes: Buffer, begin: number): VarintReader {
  let at = begin;
  return {
    next() {
      let value = 0;
      let scale = 1;
      for (;;) {
        const byte = bytes[at++];
        if (byte === undefined) throw new StoreFileError('its heads end too early');
        if (byte < 0x80) return value + byte * scale;
        value += (byte - 0x80) * scale;
        scale *= 128;
      }
    },
    skip(count) {
      at += count;
      return at - count;
    },
    isMore: () => at < bytes.length,
  };
}
