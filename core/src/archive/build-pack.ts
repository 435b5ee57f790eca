/** Makes a pack of mails: frames of several mails, packed with zstd, and the index behind them. */
import type { BodyLocation } from '../kernel/event.ts';
import { sha256 } from '../kernel/hash.ts';
import { concatBytes } from './bytes.ts';
import {
  codecs,
  encodings,
  magic,
  maxDictionaryBytes,
  maxDirectoryBytes,
  maxFrameBytes,
  maxMailTableBytes,
  type DictionaryEntry,
  type FrameHeader,
  type MailEntry,
} from './format.ts';
import { encodeDirectory, encodeSection, encodeTrailer } from './index-codec.ts';
import { compress, crc32, hotLevel } from './zstd.ts';

export interface MailToPack {
  /** UUID in lower case. */
  readonly mailId: string;
  /** As received, at most 64 MiB. */
  readonly raw: Uint8Array;
}

export interface PackOptions {
  /** Name under which the pack will lie in the store; only the locations carry it. */
  readonly name: string;
  /** A frame is closed before it grows beyond this many unpacked bytes; 1: a frame each. Default: 128 KiB. */
  readonly frameBytes?: number;
  /** zstd level; default 3. */
  readonly level?: number;
  /** Raw content likely to occur in the mails: carried in the pack, or put into the store under `dictionaryName` before. */
  readonly dictionary?: { readonly bytes: Uint8Array; readonly carry: boolean };
}

export interface BuiltPack {
  readonly bytes: Uint8Array;
  /** In the order of the mails. */
  readonly locations: readonly BodyLocation[];
}

/**
 * Measured on the corpus: with 128 KiB a mail costs 13 % less than alone in its frame (18 % less in a 1 MiB frame), and
 * reading one unpacks in well under a millisecond.
 */
const defaultFrameBytes = 128 * 1024;

/** Mails lie in the pack in their order. Throws RangeError for what no pack can hold. */
export function buildPack(mails: readonly MailToPack[], options: PackOptions): BuiltPack {
  const { dictionary, level = hotLevel, frameBytes = defaultFrameBytes } = options;
  const groups = groupIntoFrames(mails, Math.min(frameBytes, maxFrameBytes));
  const frames = groups.map((group) => buildFrame(group, level, dictionary?.bytes));
  const index = buildIndex(frames, dictionary ? [dictionaryEntry(dictionary)] : []);
  const carried = dictionary?.carry ? [dictionary.bytes] : [];
  return {
    bytes: concatBytes([magic, ...carried, ...frames.map(({ packed }) => packed), index]),
    locations: frames.flatMap(({ mails: entries }, frame) =>
      entries.map(({ stored, length }) => ({ pack: options.name, frame, offset: stored.start, length })),
    ),
  };
}

function buildIndex(frames: readonly BuiltFrame[], dictionaries: readonly DictionaryEntry[]): Uint8Array {
  const mailTable = concatBytes(frames.map(({ section }) => section));
  const directory = encodeDirectory({ dictionaries, frames: frames.map(({ header }) => header) });
  checkLimit('the mail table', mailTable.length, maxMailTableBytes);
  checkLimit('the directory', directory.length, maxDirectoryBytes);
  const trailer = encodeTrailer({
    mailTableLength: mailTable.length,
    directoryLength: directory.length,
    directoryChecksum: crc32(directory),
  });
  return concatBytes([mailTable, directory, trailer]);
}

function dictionaryEntry(dictionary: { bytes: Uint8Array; carry: boolean }): DictionaryEntry {
  const { length } = dictionary.bytes;
  if (length === 0) throw new RangeError('a dictionary is not empty');
  checkLimit('a dictionary', length, maxDictionaryBytes);
  return { sha256: sha256(dictionary.bytes), carriedLength: dictionary.carry ? length : 0 };
}

function groupIntoFrames(mails: readonly MailToPack[], frameBytes: number): MailToPack[][] {
  const groups: MailToPack[][] = [];
  let open: MailToPack[] = [];
  let openBytes = 0;
  for (const mail of mails) {
    checkLimit('a mail', mail.raw.length, maxFrameBytes);
    if (open.length > 0 && openBytes + mail.raw.length > frameBytes) {
      groups.push(open);
      open = [];
      openBytes = 0;
    }
    open.push(mail);
    openBytes += mail.raw.length;
  }
  return open.length > 0 ? [...groups, open] : groups;
}

interface BuiltFrame {
  readonly header: FrameHeader;
  readonly packed: Uint8Array;
  readonly section: Uint8Array;
  readonly mails: readonly MailEntry[];
}

function buildFrame(group: readonly MailToPack[], level: number, dictionary?: Uint8Array): BuiltFrame {
  const mails = listMails(group);
  const unpacked = concatBytes(group.map(({ raw }) => raw));
  const compressed = compress(unpacked, level, dictionary);
  const isWorthIt = compressed.length < unpacked.length;
  const packed = isWorthIt ? compressed : unpacked;
  const section = encodeSection(mails, encodings.raw);
  const header: FrameHeader = {
    codec: isWorthIt ? codecs.zstd : codecs.stored,
    encoding: encodings.raw,
    dictionary: isWorthIt && dictionary ? 1 : 0,
    packedLength: packed.length,
    packedChecksum: crc32(packed),
    unpackedLength: unpacked.length,
    sectionLength: section.length,
    sectionChecksum: crc32(section),
  };
  return { header, packed, section, mails };
}

function listMails(group: readonly MailToPack[]): MailEntry[] {
  let start = 0;
  return group.map(({ mailId, raw }) => {
    const stored = { start, length: raw.length };
    start += raw.length;
    return { mailId, stored, length: raw.length, sha256: sha256(raw) };
  });
}

function checkLimit(what: string, length: number, limit: number): void {
  if (length > limit) throw new RangeError(`${what} has ${length} bytes; a pack holds at most ${limit}`);
}
