import { describe, expect, it } from 'vitest';
import { chooseEncoding, decodeBase64, decodeQuotedPrintable, isPureBase64 } from './transfer-encoding.ts';

const base64 = (text: string): string => decodeBase64(Buffer.from(text)).toString();
const quotedPrintable = (text: string): string => decodeQuotedPrintable(Buffer.from(text)).toString();

describe('the declared encoding', () => {
  it.each([
    [[], 'identity', false],
    [['8BIT'], 'identity', false],
    [[' Base64 '], 'base64', false],
    [['"base64"'], 'base64', true],
    [['(x) base64'], 'base64', true],
    [['x-uuencode'], 'uuencode', false],
    [['quoted-printable; x'], 'quoted-printable', true],
    [['rot13'], 'identity', true],
    [['7bit', 'base64'], 'identity', true],
  ] as const)('%j is %s', (values, encoding, isBroken) => {
    expect(chooseEncoding(values)).toEqual({ encoding, isBroken });
  });
});

describe('base64', () => {
  it.each([
    ['aGVsbG8=', 'hello'],
    ['aGVs\r\nbG8', 'hello'],
    ['aGVsbG8=d29ybGQ=', 'helloworld'],
    ['a-G-V-s\r\nb_G8', 'hello'],
    ['aGVs!!!bG8=\r\n\r\n', 'hello'],
    ['', ''],
    ['====', ''],
  ])('%j', (encoded, decoded) => {
    expect(base64(encoded)).toBe(decoded);
  });

  it('is called pure where it is', () => {
    expect(isPureBase64(Buffer.from('aGVs\r\nbG8=\r\n'))).toBe(true);
    expect(isPureBase64(Buffer.from('aGVs-bG8='))).toBe(false);
    expect(isPureBase64(Buffer.from('aG=VsbG8'))).toBe(false);
  });
});

describe('quoted-printable', () => {
  it.each([
    ['a=3Db=c3=A4', 'a=bä'],
    ['soft=\r\nbreak', 'softbreak'],
    ['soft= \t\r\nbreak', 'softbreak'],
    ['soft=\nbreak=', 'softbreak'],
    ['not=xy, =4', 'not=xy, =4'],
    ['', ''],
  ])('%j', (encoded, decoded) => {
    expect(quotedPrintable(encoded)).toBe(decoded);
  });
});
