/** The few ASN.1 types in DER (ITU-T X.690) that a certificate is made of. */

const element = (tag: number, ...content: readonly Uint8Array[]): Buffer => {
  const body = Buffer.concat(content);
  return Buffer.concat([Uint8Array.of(tag), lengthOf(body.length), body]);
};

function lengthOf(bytes: number): Uint8Array {
  if (bytes < 0x80) return Uint8Array.of(bytes);
  return bytes < 0x100 ? Uint8Array.of(0x81, bytes) : Uint8Array.of(0x82, bytes >> 8, bytes & 0xff);
}

export const der = {
  sequence: (...members: readonly Uint8Array[]): Buffer => element(0x30, ...members),
  set: (...members: readonly Uint8Array[]): Buffer => element(0x31, ...members),
  /** [n] EXPLICIT. */
  explicit: (tag: number, member: Uint8Array): Buffer => element(0xa0 | tag, member),
  /** [n] IMPLICIT over a primitive type. */
  implicit: (tag: number, content: Uint8Array): Buffer => element(0x80 | tag, content),
  /** From unsigned big-endian bytes without leading zeros. */
  integer: (bytes: Uint8Array): Buffer =>
    (bytes[0] ?? 0) < 0x80 ? element(0x02, bytes) : element(0x02, Uint8Array.of(0), bytes),
  true: element(0x01, Uint8Array.of(0xff)),
  /** An object identifier already encoded, in hex. */
  oid: (hex: string): Buffer => element(0x06, Buffer.from(hex, 'hex')),
  utf8: (text: string): Buffer => element(0x0c, Buffer.from(text)),
  octets: (content: Uint8Array): Buffer => element(0x04, content),
  bits: (content: Uint8Array, unused = 0): Buffer => element(0x03, Uint8Array.of(unused), content),
  /** RFC 5280 §4.1.2.5: UTCTime through 2049, GeneralizedTime from 2050. */
  time(at: Date): Buffer {
    const digits = at.toISOString().replace(/[-:T]|\.\d+/g, '');
    return at.getUTCFullYear() < 2050
      ? element(0x17, Buffer.from(digits.slice(2)))
      : element(0x18, Buffer.from(digits));
  },
};
