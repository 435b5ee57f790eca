/** Looks into zip archives, and zips within them, under caps of number, depth, bytes and ratio. */
import type { MessagePart, MimeAnomaly } from '@sluice/core/ports/message-inspector.ts';
import { holdsMacros } from './macros.ts';
import { sniff } from './sniff.ts';
import { listZip, unpack, unpackHead, type ZipEntry } from './zip-directory.ts';

/** An archive within an archive is opened, one within that is not. */
const maxArchiveDepth = 2;
const maxEntries = 1000;
/** Bytes of nested archives unpacked for one mail. */
const maxUnpackedBytes = 64 * 1024 * 1024;
/** Declared sizes beyond this, in all, at more than this ratio, are a bomb. */
const maxDeclaredBytes = 1024 * 1024 * 1024;
const maxRatio = 200;
const minRatioBytes = 16 * 1024 * 1024;

export interface ArchiveBudget {
  entriesLeft: number;
  bytesLeft: number;
}

export const newArchiveBudget = (): ArchiveBudget => ({
  entriesLeft: maxEntries,
  bytesLeft: maxUnpackedBytes,
});

/** Whether the content begins as a zip does. */
export const startsAsZip = (content: Buffer): boolean =>
  zipStarts.some((start) => content.toString('latin1', 0, 6).startsWith(start));

const zipStarts = ['PK\x03\x04', 'PK00PK', 'PK\x05\x06'];

/** A zip is told by its end as well: programs open one behind a picture, or behind a few bytes of anything. */
export const endsAsZip = (content: Buffer): boolean =>
  content.length >= 98 && content.subarray(-66_000).lastIndexOf('PK\x05\x06', -1, 'latin1') >= 0;

export interface ArchiveContents {
  readonly parts: readonly MessagePart[];
  readonly anomalies: readonly MimeAnomaly[];
  /** Some file in it is locked. */
  readonly isEncrypted: boolean;
}

/** The files of a zip as parts, their paths below `path`. */
export async function readArchive(
  zip: Buffer,
  path: string,
  budget: ArchiveBudget,
  depth = 1,
): Promise<ArchiveContents> {
  const listing = await listZip(zip, Math.max(budget.entriesLeft, 0));
  budget.entriesLeft -= listing.entries.length;
  const anomalies: MimeAnomaly[] = [];
  if (listing.isDamaged) anomalies.push('archive-damaged');
  if (listing.isCut || isBomb(listing.entries)) anomalies.push('archive-too-large');
  const parts: MessagePart[] = [];
  for (const [at, entry] of listing.entries.entries()) {
    if (isFolder(entry)) continue;
    const file = await readEntry(zip, entry, { path: `${path}/${at}`, budget, depth });
    parts.push(...file.parts);
    anomalies.push(...file.anomalies);
  }
  return { parts, anomalies, isEncrypted: parts.some((part) => part.encrypted) };
}

const isFolder = (entry: ZipEntry): boolean => entry.name.endsWith('/') && entry.size === 0;

interface Place {
  readonly path: string;
  readonly budget: ArchiveBudget;
  readonly depth: number;
}

type FileContents = Omit<ArchiveContents, 'isEncrypted'>;

async function readEntry(zip: Buffer, entry: ZipEntry, place: Place): Promise<FileContents> {
  const head = unpackHead(zip, entry);
  const part = partOf(entry, place.path, head && (await sniff(head)));
  if (head !== undefined && part.sniffedType === 'application/x-cfb') {
    return { parts: [withMacros(part, zip, entry, place.budget)], anomalies: [] };
  }
  if (head === undefined || !startsAsZip(head)) return { parts: [part], anomalies: [] };
  const nested = await readNested(zip, entry, place);
  return { parts: [part, ...nested.parts], anomalies: nested.anomalies };
}

async function readNested(zip: Buffer, entry: ZipEntry, place: Place): Promise<FileContents> {
  const none = { parts: [] };
  if (place.depth >= maxArchiveDepth) return { ...none, anomalies: ['archive-too-deep'] };
  const limit = Math.min(entry.size > 0 ? entry.size : zip.length, maxUnpackedBytes);
  if (limit > place.budget.bytesLeft) return { ...none, anomalies: ['archive-too-large'] };
  place.budget.bytesLeft -= limit;
  const content = unpack(zip, entry, limit);
  if (content === undefined) return { ...none, anomalies: ['archive-damaged'] };
  return readArchive(content, place.path, place.budget, place.depth + 1);
}

/** An Office document of the old format is looked into as far as the budget goes. */
function withMacros(part: MessagePart, zip: Buffer, entry: ZipEntry, budget: ArchiveBudget): MessagePart {
  const limit = Math.min(entry.size > 0 ? entry.size : zip.length, maxUnpackedBytes);
  if (limit > budget.bytesLeft) return part;
  budget.bytesLeft -= limit;
  const content = unpack(zip, entry, limit);
  return content !== undefined && holdsMacros(content, part.sniffedType)
    ? { ...part, hasMacros: true }
    : part;
}

const partOf = (entry: ZipEntry, path: string, sniffedType: string | undefined): MessagePart => ({
  path,
  type: '',
  sniffedType,
  name: entry.name,
  otherNames: [],
  disposition: undefined,
  size: entry.size,
  encrypted: entry.isEncrypted,
});

function isBomb(entries: readonly ZipEntry[]): boolean {
  const declared = entries.reduce((sum, entry) => sum + entry.size, 0);
  const packed = entries.reduce((sum, entry) => sum + entry.packedSize, 0);
  return declared > maxDeclaredBytes || (declared > minRatioBytes && declared > packed * maxRatio);
}
