/** Archives other than zips, made here byte by byte as their formats say. */
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { newArchiveBudget } from './archives.ts';
import { holdsMacros } from './macros.ts';
import { readPackedFiles } from './packed-files.ts';

function tarOf(...files: readonly (readonly [name: string, content: string])[]): Buffer {
  const blocks = files.flatMap(([name, content]) => {
    const header = Buffer.alloc(512);
    header.write(name, 0);
    header.write(content.length.toString(8).padStart(11, '0'), 124);
    header.write('0', 156);
    header.write('ustar', 257);
    const body = Buffer.alloc(Math.ceil(content.length / 512) * 512);
    body.write(content, 'latin1');
    return [header, body];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

function rar4Of(name: string): Buffer {
  const main = Buffer.alloc(13);
  main[2] = 0x73;
  main.writeUInt16LE(13, 5);
  const file = Buffer.alloc(32 + name.length + 5);
  file[2] = 0x74;
  file.writeUInt16LE(0x8004, 3);
  file.writeUInt16LE(32 + name.length, 5);
  file.writeUInt32LE(5, 7);
  file.writeUInt32LE(99, 11);
  file.writeUInt16LE(name.length, 26);
  file.write(name, 32);
  return Buffer.concat([Buffer.from('Rar!\x1a\x07\x00', 'latin1'), main, file]);
}

function rar5Of(name: string): Buffer {
  const header = [2, 2, 3, 0, 9, 0, 0, 0, name.length, ...Buffer.from(name)];
  const block = [0, 0, 0, 0, header.length, ...header, 1, 2, 3];
  return Buffer.concat([
    Buffer.from('Rar!\x1a\x07\x01\x00', 'latin1'),
    Buffer.from(block),
    Buffer.from(block),
  ]);
}

const list = async (content: Buffer, sniffedType: string, name = 'a') =>
  (await readPackedFiles(content, { path: '2', sniffedType, name }, newArchiveBudget())).map((part) => [
    part.path,
    part.name,
    part.size,
    part.sniffedType,
  ]);

describe('archives that are not zips', () => {
  it('are listed where they are tar, packed or not, with the true types of their files', async () => {
    const tar = tarOf(['a/letter.txt', 'hello'], ['a/run.txt', `MZ\x00\x03${'\0'.repeat(80)}`]);
    const files = [
      ['2/0', 'a/letter.txt', 5, undefined],
      ['2/1', 'a/run.txt', 84, 'application/x-msdownload'],
    ];
    expect(await list(tar, 'application/x-tar')).toEqual(files);
    expect(await list(gzipSync(tar), 'application/gzip', 'a.tgz')).toEqual(files);
  });

  it('are named by what is around them where gzip packs one file', async () => {
    expect(await list(gzipSync('hello'), 'application/gzip', 'run.js.gz')).toEqual([
      ['2/0', 'run.js', 5, undefined],
    ]);
  });

  it('are listed where they are RAR, of either format', async () => {
    const type = 'application/x-rar-compressed';
    expect(await list(rar4Of('invoice.exe'), type)).toEqual([['2/0', 'invoice.exe', 99, undefined]]);
    expect(await list(rar5Of('invoice.exe'), type)).toEqual([
      ['2/0', 'invoice.exe', 9, undefined],
      ['2/1', 'invoice.exe', 9, undefined],
    ]);
  });

  it('are passed over where they are broken', async () => {
    for (const type of ['application/x-tar', 'application/gzip', 'application/x-rar-compressed']) {
      for (let length = 0; length < 80; length += 7) {
        await list(Buffer.alloc(length, 0xff), type);
        await list(rar4Of('a').subarray(0, length), type);
        await list(rar5Of('a').subarray(0, length), type);
      }
    }
  });
});

describe('macros', () => {
  it('are told by the storage of their project', () => {
    const type = 'application/x-cfb';
    const directory = Buffer.from('Root\0VBA\0dir\0_VBA_PROJECT\0', 'utf16le');
    expect(holdsMacros(directory, type)).toBe(true);
    expect(holdsMacros(Buffer.from('WordDocument', 'utf16le'), type)).toBe(false);
  });
});
