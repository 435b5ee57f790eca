/** Lists what lies in archives that are not zips, by their own headers: tar, gzip (with a tar in it) and RAR. Nothing is kept. */
import { constants, gunzipSync } from 'node:zlib';
import type { MessagePart } from '@sluice/core/ports/message-inspector.ts';
import type { ArchiveBudget } from './archives.ts';
import { sniff } from './sniff.ts';

interface PackedFile {
  readonly name: string;
  readonly size: number;
  readonly isEncrypted: boolean;
  /** Its first bytes, where they can be had without more ado. */
  readonly head?: Buffer;
}

/** Bytes that a packed tar may have; of a longer one the beginning is listed. */
const maxTarBytes = 8 * 1024 * 1024;
const headBytes = 600;
const maxFiles = 1000;

/** The files as parts, their paths below `path`; none for other formats. */
export async function readPackedFiles(
  content: Buffer,
  { path, sniffedType, name = '' }: Pick<MessagePart, 'path' | 'sniffedType' | 'name'>,
  budget: ArchiveBudget,
): Promise<readonly MessagePart[]> {
  const files = listPacked(content, sniffedType, name, budget).slice(0, Math.max(0, budget.entriesLeft));
  budget.entriesLeft -= files.length;
  return Promise.all(
    files.map(async (file, at) => ({
      path: `${path}/${at}`,
      type: '',
      sniffedType: file.head === undefined ? undefined : await sniff(file.head),
      name: file.name,
      otherNames: [],
      disposition: undefined,
      size: file.size,
      encrypted: file.isEncrypted,
    })),
  );
}

function listPacked(
  content: Buffer,
  sniffedType: string | undefined,
  name: string,
  budget: ArchiveBudget,
): readonly PackedFile[] {
  switch (sniffedType) {
    case 'application/x-tar':
      return listTar(content);
    case 'application/gzip':
      return listGzip(content, name, budget);
    case 'application/x-rar-compressed':
    case 'application/vnd.rar':
      return content[6] === 1 ? listRar5(content) : listRar4(content);
    case undefined:
    default:
      return [];
  }
}

/** POSIX ustar: a header of 512 bytes before each file. */
function listTar(tar: Buffer): readonly PackedFile[] {
  const files: PackedFile[] = [];
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0 && files.length < maxFiles;) {
    const size = Number.parseInt(tar.toString('latin1', at + 124, at + 135).trim() || '0', 8);
    if (!Number.isSafeInteger(size) || size < 0) break;
    const name = textTo0(tar.subarray(at, at + 100));
    const isFile = tar[at + 156] === 0x30 || tar[at + 156] === 0;
    const start = at + 512;
    if (isFile)
      files.push({
        name,
        size,
        isEncrypted: false,
        head: tar.subarray(start, start + Math.min(size, headBytes)),
      });
    at = start + Math.ceil(size / 512) * 512;
  }
  return files;
}

function listGzip(gzip: Buffer, outerName: string, budget: ArchiveBudget): readonly PackedFile[] {
  // The beginning first: it tells what it is, and cannot unpack to much.
  const head = gzip.length < 18 ? undefined : gunzip(gzip.subarray(0, headBytes), headBytes * 1040);
  if (head === undefined) return [];
  if (head.toString('latin1', 257, 262) === 'ustar') {
    if (budget.bytesLeft < maxTarBytes) return [];
    budget.bytesLeft -= maxTarBytes;
    return listTar(gunzip(gzip, maxTarBytes) ?? head);
  }
  const name = nameInGzip(gzip) ?? outerName.replace(/\.gz$/i, '');
  return [{ name, size: gzip.readUInt32LE(gzip.length - 4), isEncrypted: false, head }];
}

function gunzip(packed: Buffer, limit: number): Buffer | undefined {
  try {
    return gunzipSync(packed, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength: limit });
  } catch {
    return undefined;
  }
}

/** RFC 1952 §2.3.1: FNAME stands behind the fixed header and the extra field. */
function nameInGzip(gzip: Buffer): string | undefined {
  const flags = gzip[3] ?? 0;
  if ((flags & 8) === 0) return undefined;
  const start = (flags & 4) === 0 ? 10 : 12 + gzip.readUInt16LE(10);
  return textTo0(gzip.subarray(start, start + 1024));
}

const textTo0 = (bytes: Buffer): string => {
  const end = bytes.indexOf(0);
  return bytes.toString('utf8', 0, end < 0 ? bytes.length : end);
};

/** Blocks of the old format: checksum, type, flags, size; file headers are of type 0x74. */
function listRar4(rar: Buffer): readonly PackedFile[] {
  const files: PackedFile[] = [];
  for (let at = 7; at + 32 <= rar.length && files.length < maxFiles;) {
    const type = rar[at + 2];
    const flags = rar.readUInt16LE(at + 3);
    const size = rar.readUInt16LE(at + 5);
    if (size < 7) break;
    if (type === 0x74) {
      const start = at + ((flags & 0x100) === 0 ? 32 : 40);
      const name = textTo0(rar.subarray(start, start + rar.readUInt16LE(at + 26)));
      files.push({ name, size: rar.readUInt32LE(at + 11), isEncrypted: (flags & 4) !== 0 });
    }
    at += size + (type === 0x74 || (flags & 0x8000) !== 0 ? rar.readUInt32LE(at + 7) : 0);
  }
  return files;
}

/** Blocks of RAR 5 are made of numbers of variable length; file headers are of type 2. */
function listRar5(rar: Buffer): readonly PackedFile[] {
  const files: PackedFile[] = [];
  for (let at = 8; at + 12 <= rar.length && files.length < maxFiles;) {
    const reader = numbersFrom(rar, at + 4);
    const headerSize = reader.next();
    const end = reader.at() + headerSize;
    const type = reader.next();
    const flags = reader.next();
    if ((flags & 1) !== 0) reader.next();
    const dataSize = (flags & 2) === 0 ? 0 : reader.next();
    if (headerSize <= 0 || end <= at) break;
    if (type === 2) files.push(readRar5File(rar, reader));
    at = end + dataSize;
  }
  return files;
}

interface Numbers {
  next(): number;
  skip(bytes: number): void;
  at(): number;
}

function readRar5File(rar: Buffer, reader: Numbers): PackedFile {
  const flags = reader.next();
  const size = reader.next();
  reader.next();
  reader.skip(((flags & 2) === 0 ? 0 : 4) + ((flags & 4) === 0 ? 0 : 4));
  reader.next();
  reader.next();
  const length = reader.next();
  const name = rar.toString('utf8', reader.at(), reader.at() + Math.min(length, 1024));
  return { name, size, isEncrypted: false };
}

/** Seven bits a byte, the lowest first. */
function numbersFrom(bytes: Buffer, start: number): Numbers {
  let at = start;
  return {
    next() {
      let value = 0;
      for (let factor = 1; factor < 2 ** 49; factor *= 128) {
        const byte = bytes[at] ?? 0;
        at += 1;
        value += (byte & 0x7f) * factor;
        if ((byte & 0x80) === 0) break;
      }
      return value;
    },
    skip(count) {
      at += count;
    },
    at: () => at,
  };
}
