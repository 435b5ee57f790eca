/** The index of a pack as bytes and back: sections of the mail table, directory and trailer (layout: format.ts). */
import { createByteReader, createByteWriter, type ByteReader } from './bytes.ts';
import {
  encodings,
  magic,
  maxDictionaryBytes,
  maxDirectoryBytes,
  maxFrameBytes,
  maxMailTableBytes,
  trailerLength,
  type DictionaryEntry,
  type Directory,
  type FrameEntry,
  type FrameHeader,
  type MailEntry,
  type Range,
} from './format.ts';
import { uuidBytes, uuidText } from './uuid.ts';
import { crc32 } from './zstd.ts';

export function encodeSection(mails: readonly MailEntry[], encoding: number): Uint8Array {
  const writer = createByteWriter();
  for (const mail of mails) {
    writer.bytes(uuidBytes(mail.mailId));
    writer.varint(mail.length);
    if (encoding !== encodings.raw) writer.varint(mail.stored.length);
    writer.bytes(mail.sha256);
  }
  return writer.finish();
}

/** The mails of a frame; undefined unless the section is sound and its mails fill the frame exactly. */
export function decodeSection(section: Uint8Array, frame: FrameEntry): MailEntry[] | undefined {
  if (section.length !== frame.sectionLength || crc32(section) !== frame.sectionChecksum) return undefined;
  const reader = createByteReader(section);
  const mails: MailEntry[] = [];
  let start = 0;
  while (reader.hasMore) {
    const mailId = uuidText(reader.bytes(16));
    const length = reader.varint();
    const storedLength = frame.encoding === encodings.raw ? length : reader.varint();
    mails.push({ mailId, length, stored: { start, length: storedLength }, sha256: reader.bytes(32) });
    start += storedLength;
  }
  const isSound = !reader.failed && start === frame.unpackedLength;
  return isSound && mails.every((mail) => mail.length <= maxFrameBytes) ? mails : undefined;
}

/** What a directory says, before it is known where things lie. */
export interface DirectoryContent {
  readonly dictionaries: readonly DictionaryEntry[];
  readonly frames: readonly FrameHeader[];
}

export function encodeDirectory(directory: DirectoryContent): Uint8Array {
  const writer = createByteWriter();
  writer.varint(directory.dictionaries.length);
  for (const dictionary of directory.dictionaries) {
    writer.bytes(dictionary.sha256);
    writer.varint(dictionary.carriedLength);
  }
  for (const frame of directory.frames) {
    writer.u8(frame.codec | (frame.encoding << 4));
    writer.varint(frame.dictionary);
    writer.varint(frame.packedLength);
    writer.varint(frame.unpackedLength);
    writer.varint(frame.sectionLength);
    writer.u32(frame.packedChecksum);
    writer.u32(frame.sectionChecksum);
  }
  return writer.finish();
}

/** The directory of a pack of `size` bytes; undefined unless its parts fill the pack exactly. */
export function decodeDirectory(bytes: Uint8Array, trailer: Trailer, size: number): Directory | undefined {
  if (crc32(bytes) !== trailer.directoryChecksum) return undefined;
  const reader = createByteReader(bytes);
  const dictionaries = decodeDictionaries(reader);
  if (dictionaries === undefined) return undefined;
  const mailTable = size - trailerLength - trailer.directoryLength - trailer.mailTableLength;
  const next = { packed: carriedRange(dictionaries, dictionaries.length).start, section: mailTable };
  const frames: FrameEntry[] = [];
  while (reader.hasMore) {
    const header = decodeFrameHeader(reader);
    const packed = { start: next.packed, length: header.packedLength };
    const section = { start: next.section, length: header.sectionLength };
    frames.push({ ...header, packed, section });
    next.packed += header.packedLength;
    next.section += header.sectionLength;
  }
  const fills = next.packed === mailTable && next.section === mailTable + trailer.mailTableLength;
  const isPlausible = frames.every(
    (frame) => frame.unpackedLength <= maxFrameBytes && frame.dictionary <= dictionaries.length,
  );
  return !reader.failed && fills && isPlausible ? { dictionaries, frames } : undefined;
}

function decodeDictionaries(reader: ByteReader): DictionaryEntry[] | undefined {
  const dictionaries: DictionaryEntry[] = [];
  const count = reader.varint();
  while (reader.hasMore && dictionaries.length < count) {
    dictionaries.push({ sha256: reader.bytes(32), carriedLength: reader.varint() });
  }
  const isPlausible = dictionaries.every(({ carriedLength }) => carriedLength <= maxDictionaryBytes);
  return dictionaries.length === count && isPlausible ? dictionaries : undefined;
}

/** Where the dictionary of a place in the list (from 0) lies in the pack, if the pack carries it. */
export function carriedRange(dictionaries: readonly DictionaryEntry[], place: number): Range {
  const before = dictionaries.slice(0, place).reduce((sum, { carriedLength }) => sum + carriedLength, 0);
  return { start: magic.length + before, length: dictionaries[place]?.carriedLength ?? 0 };
}

function decodeFrameHeader(reader: ByteReader): FrameHeader {
  const kind = reader.u8();
  return {
    codec: kind & 0x0f,
    encoding: kind >> 4,
    dictionary: reader.varint(),
    packedLength: reader.varint(),
    unpackedLength: reader.varint(),
    sectionLength: reader.varint(),
    packedChecksum: reader.u32(),
    sectionChecksum: reader.u32(),
  };
}

export interface Trailer {
  readonly mailTableLength: number;
  readonly directoryLength: number;
  readonly directoryChecksum: number;
}

export function encodeTrailer(trailer: Trailer): Uint8Array {
  const fields = createByteWriter();
  fields.u32(trailer.mailTableLength);
  fields.u32(trailer.directoryLength);
  fields.u32(trailer.directoryChecksum);
  fields.u32(0);
  const writer = createByteWriter();
  writer.bytes(fields.finish());
  writer.u32(crc32(fields.finish()));
  writer.bytes(magic);
  return writer.finish();
}

/** The trailer of a pack of `size` bytes; undefined unless it is sound and what it tells of fits into the pack. */
export function decodeTrailer(bytes: Uint8Array, size: number): Trailer | undefined {
  const reader = createByteReader(bytes);
  const trailer = {
    mailTableLength: reader.u32(),
    directoryLength: reader.u32(),
    directoryChecksum: reader.u32(),
  };
  const zero = reader.u32();
  const isSound = reader.u32() === crc32(bytes.subarray(0, 16)) && isMagic(reader.bytes(magic.length));
  return isSound && zero === 0 && fitsInto(size, trailer) ? trailer : undefined;
}

const fitsInto = (size: number, trailer: Trailer): boolean =>
  trailer.mailTableLength <= maxMailTableBytes &&
  trailer.directoryLength <= maxDirectoryBytes &&
  magic.length + trailer.mailTableLength + trailer.directoryLength + trailerLength <= size;

export const isMagic = (bytes: Uint8Array): boolean =>
  bytes.length === magic.length && magic.every((byte, at) => bytes[at] === byte);

export const directoryRange = (trailer: Trailer, size: number): Range => ({
  start: size - trailerLength - trailer.directoryLength,
  length: trailer.directoryLength,
});
