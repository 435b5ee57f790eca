import { describe, expect, it } from 'vitest';
import { embeddedFiles } from './uuencode.ts';

const files = (text: string): readonly (readonly [string, string])[] =>
  embeddedFiles(Buffer.from(text, 'latin1')).map(({ name, content }) => [name, content.toString('latin1')]);

describe('files in a text', () => {
  it('are found in uuencode', () => {
    expect(files('Hi\r\nbegin 644 a b.txt\r\n#0V%T\r\n`\r\nend\r\nBye')).toEqual([['a b.txt', 'Cat']]);
  });

  it('are found in the base64 form of uuencode', () => {
    expect(files('begin-base64 644 cat\nQ2F0\n====\n')).toEqual([['cat', 'Cat']]);
  });

  it('are found in yEnc', () => {
    const shifted = Buffer.from('Cat=\x13').map((byte) => byte + 42);
    const encoded = Buffer.from(shifted).toString('latin1');
    const escaped = encoded.replace('=', '=}');
    expect(files(`x\r\n=ybegin line=128 size=5 name=a cat.bin\r\n${escaped}\r\n=yend size=5\r\n`)).toEqual([
      ['a cat.bin', 'Cat=\x13'],
    ]);
  });

  it('are all found, cut ones too', () => {
    expect(files('begin 644 a\n#0V%T\nend\nbegin 644 b\n#0V%T').map(([name]) => name)).toEqual(['a', 'b']);
  });

  it('are none where a sentence begins so', () => {
    expect(files('begin with this\nbegin 644\n=ybegin x\n')).toEqual([]);
  });
});
