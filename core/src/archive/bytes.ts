/** Writes and reads the integers of a pack; reading never throws and never looks beyond its bytes. */

export interface ByteWriter {
  u8(value: number): void;
  u32(value: number): void;
  varint(value: number): void;
  bytes(value: Uint8Array): void;
  finish(): Uint8Array;
}

export function createByteWriter(): ByteWriter {
  const parts: Uint8Array[] = [];
  return {
    u8: (value) => void parts.push(Uint8Array.of(value)),
    u32: (value) => void parts.push(u32Bytes(value)),
    varint: (value) => void parts.push(varintBytes(value)),
    bytes: (value) => void parts.push(value),
    finish: () => concatBytes(parts),
  };
}

function u32Bytes(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

function varintBytes(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    bytes.push((rest % 0x80) | 0x80);
    rest = Math.floor(rest / 0x80);
  }
  bytes.push(rest);
  return Uint8Array.from(bytes);
}

/** A plain Uint8Array of its own; `slice` would be a view where the bytes are a Buffer. */
export const copyBytes = (bytes: Uint8Array): Uint8Array => new Uint8Array(bytes);

export function concatBytes(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** After the first failure every read gives zero or nothing, and `failed` stays true. */
export interface ByteReader {
  u8(): number;
  u32(): number;
  varint(): number;
  bytes(length: number): Uint8Array;
  readonly failed: boolean;
  /** Whether there is something left to read, and nothing has failed. */
  readonly hasMore: boolean;
}

const longestVarint = 7;

export function createByteReader(source: Uint8Array): ByteReader {
  const view = new DataView(source.buffer, source.byteOffset, source.byteLength);
  let at = 0;
  let failed = false;

  const advance = (length: number): number | undefined => {
    if (failed || length > source.length - at) {
      failed = true;
      return undefined;
    }
    at += length;
    return at - length;
  };
  const u8 = (): number => {
    const start = advance(1);
    return start === undefined ? 0 : view.getUint8(start);
  };

  return {
    u8,
    u32() {
      const start = advance(4);
      return start === undefined ? 0 : view.getUint32(start, true);
    },
    varint() {
      let value = 0;
      for (let place = 0; place < longestVarint; place++) {
        const byte = u8();
        value += (byte & 0x7f) * 2 ** (7 * place);
        const isLast = byte < 0x80;
        if (isLast && (byte > 0 || place === 0)) return value;
        if (isLast) break;
      }
      failed = true;
      return 0;
    },
    bytes(length) {
      const start = advance(length);
      return start === undefined ? new Uint8Array(0) : source.subarray(start, start + length);
    },
    get failed() {
      return failed;
    },
    get hasMore() {
      return !failed && at < source.length;
    },
  };
}
