/** Lists the files of a zip: by its directory, and by the headers before each file where the directory is broken or lies. */
import { inflateRawSync, constants } from 'node:zlib';
import { fromBufferPromise, type Entry } from 'yauzl';

export interface ZipEntry {
  readonly name: string;
  readonly isEncrypted: boolean;
  /** As declared. */
  readonly packedSize: number;
  /** As declared. */
  readonly size: number;
  readonly method: number;
  /** Offset of the local header. */
  readonly offset: number;
}

export interface ZipListing {
  readonly entries: readonly ZipEntry[];
  readonly isDamaged: boolean;
  readonly isCut: boolean;
}

const localSignature = Buffer.from('PK\x03\x04', 'latin1');

export async function listZip(zip: Buffer, maxEntries: number): Promise<ZipListing> {
  const directory = await readDirectory(zip, maxEntries);
  const offsets = new Set(directory.entries.map((entry) => entry.offset));
  // What no directory names is still found by programs that read a zip from its beginning.
  const unlisted = readLocalHeaders(zip, maxEntries).filter((entry) => !offsets.has(entry.offset));
  const entries = [
    ...directory.entries,
    ...(directory.isDamaged ? unlisted : outside(directory.entries, unlisted)),
  ];
  return {
    entries: entries.slice(0, maxEntries),
    isDamaged: directory.isDamaged,
    isCut: directory.isCut || entries.length > maxEntries,
  };
}

async function readDirectory(zip: Buffer, maxEntries: number): Promise<ZipListing> {
  const entries: ZipEntry[] = [];
  try {
    const file = await fromBufferPromise(zip, { decodeStrings: false, validateEntrySizes: false });
    for await (const entry of file.eachEntry()) {
      if (entries.length >= maxEntries) return { entries, isDamaged: false, isCut: true };
      entries.push(fromDirectory(entry));
    }
    return { entries, isDamaged: false, isCut: false };
  } catch {
    return { entries, isDamaged: true, isCut: false };
  }
}

const fromDirectory = (entry: Entry): ZipEntry => ({
  name: nameOf(entry.fileName),
  isEncrypted: entry.isEncrypted(),
  packedSize: entry.compressedSize,
  size: entry.uncompressedSize,
  method: entry.compressionMethod,
  offset: entry.relativeOffsetOfLocalHeader,
});

/** Headers that lie inside the data of a listed file belong to a zip within the zip. */
function outside(listed: readonly ZipEntry[], found: readonly ZipEntry[]): readonly ZipEntry[] {
  const ends = listed
    .map((entry) => [entry.offset, entry.offset + entry.packedSize + 30] as const)
    .toSorted(([a], [b]) => a - b);
  let at = 0;
  let covered = 0;
  return found.filter((entry) => {
    for (let end = ends[at]; end !== undefined && end[0] <= entry.offset; end = ends[at]) {
      covered = Math.max(covered, end[1]);
      at += 1;
    }
    return entry.offset >= covered;
  });
}

function readLocalHeaders(zip: Buffer, maxEntries: number): readonly ZipEntry[] {
  const entries: ZipEntry[] = [];
  let at = zip.indexOf(localSignature);
  while (at >= 0 && at + 30 <= zip.length && entries.length < maxEntries) {
    const nameLength = zip.readUInt16LE(at + 26);
    const flags = zip.readUInt16LE(at + 6);
    const name = zip.subarray(at + 30, at + 30 + nameLength);
    if (nameLength > 0 && nameLength < 1024) {
      entries.push({
        name: nameOf(name),
        isEncrypted: (flags & 1) !== 0,
        packedSize: zip.readUInt32LE(at + 18),
        size: zip.readUInt32LE(at + 22),
        method: zip.readUInt16LE(at + 8),
        offset: at,
      });
    }
    at = zip.indexOf(localSignature, at + 30);
  }
  return entries;
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** UTF-8 where it is that, whatever the flag says; else a character a byte. */
function nameOf(bytes: Buffer): string {
  try {
    return utf8.decode(bytes).replaceAll('\0', '');
  } catch {
    return bytes.toString('latin1').replaceAll('\0', '');
  }
}

/** Deflate packs at most 1032 to 1: so much of a file's beginning unpacks to little, whatever it is. */
const headBytes = 600;

/** The first bytes of a file; undefined where they cannot be had. */
export function unpackHead(zip: Buffer, entry: ZipEntry): Buffer | undefined {
  const packed = packedBytes(zip, entry)?.subarray(0, headBytes);
  return packed && inflate(packed, entry.method, headBytes * 1040);
}

/** The whole of a file; undefined where it cannot be had or is larger than `limit`. */
export function unpack(zip: Buffer, entry: ZipEntry, limit: number): Buffer | undefined {
  const packed = packedBytes(zip, entry);
  return packed && inflate(packed, entry.method, limit);
}

function packedBytes(zip: Buffer, entry: ZipEntry): Buffer | undefined {
  const { offset } = entry;
  if (entry.isEncrypted || offset + 30 > zip.length || zip.readUInt32LE(offset) !== 0x04034b50)
    return undefined;
  const start = offset + 30 + zip.readUInt16LE(offset + 26) + zip.readUInt16LE(offset + 28);
  // A size that is written after the data stands as 0 in the header before it.
  return zip.subarray(start, entry.packedSize > 0 ? start + entry.packedSize : zip.length);
}

function inflate(packed: Buffer, method: number, limit: number): Buffer | undefined {
  if (method === 0) return packed.length <= limit ? packed : undefined;
  if (method !== 8) return undefined;
  try {
    return inflateRawSync(packed, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: limit });
  } catch {
    return undefined;
  }
}
