/** The only place where core touches node:zlib: zstd and CRC-32, which are pure functions of bytes. */
import { constants, crc32 as zlibCrc32, zstdCompressSync, zstdDecompressSync } from 'node:zlib';

/** Of one frame, as mails are archived: the hot path. */
export const hotLevel = 3;

/** Largest window a reader sets memory aside for: 2^26 bytes, the longest frame. */
const maxWindowLog = 26;

export const crc32 = (bytes: Uint8Array): number => zlibCrc32(bytes);

/** One zstd frame (RFC 8878). A dictionary is raw content: bytes that the input is likely to repeat. */
export function compress(bytes: Uint8Array, level: number, dictionary?: Uint8Array): Uint8Array {
  return zstdCompressSync(bytes, {
    params: { [constants.ZSTD_c_compressionLevel]: level },
    pledgedSrcSize: bytes.length,
    ...(dictionary && { dictionary }),
  });
}

/** The unpacked bytes if they are exactly `length` long; undefined for anything else. Never sets more than that aside. */
export function decompress(
  packed: Uint8Array,
  length: number,
  dictionary?: Uint8Array,
): Uint8Array | undefined {
  try {
    const unpacked = zstdDecompressSync(packed, {
      maxOutputLength: Math.max(1, length),
      chunkSize: Math.min(Math.max(64, length), 1024 * 1024),
      rejectGarbageAfterEnd: true,
      params: { [constants.ZSTD_d_windowLogMax]: maxWindowLog },
      ...(dictionary && { dictionary }),
    });
    return unpacked.length === length ? unpacked : undefined;
  } catch {
    return undefined;
  }
}
