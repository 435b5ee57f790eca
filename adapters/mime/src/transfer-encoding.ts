/** Content-Transfer-Encoding (RFC 2045 §6), read as leniently as mail programs read it. */

export type Encoding = 'identity' | 'base64' | 'quoted-printable' | 'uuencode';

export interface EncodingChoice {
  readonly encoding: Encoding;
  /** Declared as something that does not exist, or as two things at once. */
  readonly isBroken: boolean;
}

/** The encoding that the fields of a part declare; the first that names one wins. */
export function chooseEncoding(values: readonly string[]): EncodingChoice {
  const named = values.map(encodingOf);
  const known = named.filter((choice) => choice !== undefined);
  const [first = { encoding: 'identity' as const, isBroken: false }] = known;
  const differ = known.some((choice) => choice.encoding !== first.encoding);
  return { encoding: first.encoding, isBroken: first.isBroken || differ || known.length < named.length };
}

/** Undefined for a word that names no encoding. */
function encodingOf(value: string): EncodingChoice | undefined {
  const word = value.slice(0, 500).toLowerCase().trim();
  if (/^(7bit|8bit|binary)?$/.test(word)) return { encoding: 'identity', isBroken: false };
  if (word === 'base64' || word === 'quoted-printable') return { encoding: word, isBroken: false };
  const bare = word.replace(/\([^)]*\)?/g, '').replace(/["'\s:;,]/g, '');
  if (/^(x-)?(gzip)?(base)?64/.test(bare) || bare.includes('base64'))
    return { encoding: 'base64', isBroken: true };
  if (/quoted|^(x-)?qp/.test(bare)) return { encoding: 'quoted-printable', isBroken: true };
  if (/^(x-)?uu(e|encode)?$/.test(bare)) return { encoding: 'uuencode', isBroken: false };
  if (/^(7-?bit|8-?bit|binary)/.test(bare)) return { encoding: 'identity', isBroken: true };
  return undefined;
}

export function decodeBase64(bytes: Buffer): Buffer {
  const isOrdinary = bytes.indexOf(0x2d) < 0 && bytes.indexOf(0x5f) < 0;
  const pad = bytes.indexOf(0x3d);
  // Node reads the URL alphabet too, and stops at padding; mail programs skip what is not of RFC 2045's alphabet and go on.
  if (isOrdinary && (pad < 0 || isOnlyPadding(bytes, pad)))
    return Buffer.from(bytes.toString('latin1'), 'base64');
  return decodeBrokenBase64(bytes);
}

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const base64Values = Int8Array.from({ length: 256 }, (_, byte) =>
  alphabet.indexOf(String.fromCharCode(byte)),
);

/** Passes over what is not of the alphabet; padding ends a unit, and the next one begins afresh. */
function decodeBrokenBase64(bytes: Buffer): Buffer {
  const target = Buffer.allocUnsafe(Math.ceil((bytes.length * 3) / 4) + 3);
  let length = 0;
  let bits = 0;
  let pending = 0;
  for (const byte of bytes) {
    const value = base64Values[byte] ?? -1;
    if (byte === 0x3d) bits = 0;
    if (value < 0) continue;
    pending = ((pending << 6) | value) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    target[length++] = pending >> bits;
  }
  return target.subarray(0, length);
}

function isOnlyPadding(bytes: Buffer, from: number): boolean {
  for (let at = from; at < bytes.length; at += 1) {
    const byte = bytes[at] ?? 0;
    if (byte > 0x20 && byte !== 0x3d) return false;
  }
  return true;
}

/** Whether the body of a base64 part holds nothing but base64. Looks at the first 64 KiB. */
export function isPureBase64(bytes: Buffer): boolean {
  const head = bytes.subarray(0, 65_536);
  const pad = head.indexOf(0x3d);
  return !/[^A-Za-z0-9+/=\s]/.test(head.toString('latin1')) && (pad < 0 || isOnlyPadding(head, pad));
}

export function decodeQuotedPrintable(bytes: Buffer): Buffer {
  const target = Buffer.allocUnsafe(bytes.length);
  let length = 0;
  let at = 0;
  while (at < bytes.length) {
    const equals = bytes.indexOf(0x3d, at);
    const literalEnd = equals < 0 ? bytes.length : equals;
    length += bytes.copy(target, length, at, literalEnd);
    if (equals < 0) break;
    const value = hexPair(bytes, equals + 1);
    if (value >= 0) {
      target[length++] = value;
      at = equals + 3;
      continue;
    }
    const afterBreak = softBreakEnd(bytes, equals + 1);
    if (afterBreak < 0) target[length++] = 0x3d;
    at = afterBreak < 0 ? equals + 1 : afterBreak;
  }
  return target.subarray(0, length);
}

/** Where the next line begins if only white space stands before it; -1 if something else does. Looks at 200 bytes. */
function softBreakEnd(bytes: Buffer, from: number): number {
  const limit = Math.min(bytes.length, from + 200);
  for (let at = from; at < limit; at += 1) {
    if (bytes[at] === 0x0a) return at + 1;
    if ((bytes[at] ?? 0) > 0x20) return -1;
  }
  return limit === bytes.length ? limit : -1;
}

function hexPair(bytes: Buffer, at: number): number {
  const high = hexDigit(bytes[at]);
  const low = hexDigit(bytes[at + 1]);
  return high < 0 || low < 0 ? -1 : high * 16 + low;
}

function hexDigit(byte: number | undefined): number {
  if (byte === undefined) return -1;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
}
