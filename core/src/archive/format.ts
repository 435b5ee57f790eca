/**
 * What a pack looks like, byte by byte, and the limits that a reader holds it to.
 *
 * A pack is written once. Everything that finds a mail stands at the end, so that a reader needs one small read of the
 * tail and one range read of the frame. Integers are little-endian; `varint` is an unsigned LEB128 below 2^49 in its
 * shortest form; a checksum is CRC-32 (the polynomial of zlib). Parts follow each other without gaps:
 *
 * ```
 * header        8 bytes   "SLUICE" 1a 01 (the last byte is the version)
 * dictionaries            bytes of the dictionaries that this pack carries itself, in the order of the directory
 * frames                  packed bytes, frame after frame, in the order of the directory
 * mail table              one section a frame, in the same order
 * directory               see below
 * trailer      28 bytes   u32 length of the mail table
 *                         u32 length of the directory
 *                         u32 checksum of the directory
 *                         u32 zero
 *                         u32 checksum of the 16 bytes before
 *                         8 bytes as in the header
 *
 * directory               varint number of dictionaries, then for each:
 *                           32 bytes sha256 of the dictionary
 *                           varint   its length in this pack; 0: it is not in the pack but in the store, under
 *                                    `dictionaries/` and the sha256 in hexadecimal
 *                         then for each frame up to the end of the directory:
 *                           u8       codec (bits 0-3: 0 stored, 1 zstd) and encoding (bits 4-7: 0 raw)
 *                           varint   dictionary: 0 none, else its place in the list above, from 1
 *                           varint   length of the packed bytes
 *                           varint   length of the unpacked bytes
 *                           varint   length of the frame's section in the mail table
 *                           u32      checksum of the packed bytes
 *                           u32      checksum of the section
 *
 * section                 for each mail of the frame, in the order in which they lie in it without gaps:
 *                           16 bytes mail id (UUID, RFC 9562)
 *                           varint   length of the mail as received
 *                           varint   length of the mail in the unpacked frame; absent where the encoding is raw
 *                           32 bytes sha256 of the mail as received
 * ```
 *
 * A mail alone in its frame costs 65 bytes beside its packed bytes, one among many 50 to 51. The encoding says how the
 * mails of a frame were rewritten before they were packed; compaction will add one that holds base64 parts decoded. A
 * `BodyLocation` gives the offset in the unpacked frame and the length as received.
 */

/** Header and last 8 bytes of every pack of this version. */
export const magic = Uint8Array.from([0x53, 0x4c, 0x55, 0x49, 0x43, 0x45, 0x1a, 0x01]);

export const trailerLength = 28;

/** Bytes of the longest mail, and of the longest unpacked frame. */
export const maxFrameBytes = 64 * 1024 * 1024;
export const maxDirectoryBytes = 8 * 1024 * 1024;
export const maxMailTableBytes = 64 * 1024 * 1024;
export const maxDictionaryBytes = 4 * 1024 * 1024;

/** Where a dictionary lies that packs refer to without carrying it. */
export const dictionaryName = (sha256Hex: string): string => `dictionaries/${sha256Hex}`;

export const codecs = { stored: 0, zstd: 1 } as const;
export const encodings = { raw: 0 } as const;

export interface Range {
  readonly start: number;
  readonly length: number;
}

export interface DictionaryEntry {
  readonly sha256: Uint8Array;
  /** Bytes of it in this pack; 0: it lies in the store under its own name. */
  readonly carriedLength: number;
}

/** What the directory says of a frame. */
export interface FrameHeader {
  readonly codec: number;
  readonly encoding: number;
  /** 0: none, else the place in the list of dictionaries, from 1. */
  readonly dictionary: number;
  readonly packedLength: number;
  readonly packedChecksum: number;
  readonly unpackedLength: number;
  /** Of the frame's part of the mail table. */
  readonly sectionLength: number;
  readonly sectionChecksum: number;
}

/** The same, with the places in the pack that follow from it. */
export interface FrameEntry extends FrameHeader {
  readonly packed: Range;
  readonly section: Range;
}

export interface Directory {
  readonly dictionaries: readonly DictionaryEntry[];
  readonly frames: readonly FrameEntry[];
}

export interface MailEntry {
  readonly mailId: string;
  /** Bytes into the unpacked frame, and how many there. */
  readonly stored: Range;
  /** Bytes as received. */
  readonly length: number;
  readonly sha256: Uint8Array;
}
