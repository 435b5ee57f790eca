import { describe, expect, it } from 'vitest';
import { decodeText } from './charset.ts';

describe('decodeText', () => {
  it.each([
    ['utf-8', [0xc3, 0xa4], 'ä'],
    ['UTF-8 ', [0xc3, 0xa4], 'ä'],
    ['iso-2022-jp', [0x1b, 0x24, 0x42, 0x24, 0x22, 0x1b, 0x28, 0x42], 'あ'],
    ['cp932', [0x82, 0xa0], 'あ'],
    ['koi8-r', [0xc1], 'а'],
    ['utf-16', [0x61, 0x00], 'a'],
    // Declared wrongly: UTF-8 is recognised.
    ['us-ascii', [0xc3, 0xa4], 'ä'],
    ['iso-8859-1', [0xe4], 'ä'],
    ['no-such-charset', [0x93, 0xe4], '“ä'],
    [undefined, [0xe4, 0x80], 'ä€'],
  ] as const)('%s', (charset, bytes, text) => {
    expect(decodeText(Uint8Array.from(bytes), charset)).toBe(text);
  });
});
