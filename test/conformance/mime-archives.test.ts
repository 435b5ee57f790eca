/** What the inspector sees in archives: names, types and locks, and where it stops. */
import { cpuMs } from '../support/cpu-time.ts';
import { afterAll, describe, expect, it } from 'vitest';
import { createMessageInspector } from '@sluice/mime';
import type { InspectedMessage } from '@sluice/core/ports/message-inspector.ts';
import { attachment, inspected, mailWith, namesIn } from './mime-messages.ts';
import { zipOf } from './mime-zip.ts';

const inspector = createMessageInspector();
afterAll(() => inspector.close());

const look = (name: string, content: Buffer): Promise<InspectedMessage> =>
  inspected(inspector, mailWith(attachment(name), content));

const program = Buffer.concat([Buffer.from('MZ\x90\0\x03\0\0\0', 'latin1'), Buffer.alloc(200)]);

describe('a zip', () => {
  it('shows its files with names, sizes and types', async () => {
    const zip = zipOf([
      { name: 'folder/', content: Buffer.alloc(0) },
      { name: 'folder/read me.txt', content: Buffer.from('text') },
      { name: 'picture.png', content: program },
    ]);
    const { parts, anomalies } = await look('files.zip', zip);
    expect(anomalies).toEqual([]);
    expect(parts.slice(1)).toMatchObject([
      {
        path: '2',
        name: 'files.zip',
        sniffedType: 'application/zip',
        disposition: 'attachment',
        encrypted: false,
      },
      { path: '2/1', name: 'folder/read me.txt', type: '', size: 4, sniffedType: undefined },
      { path: '2/2', name: 'picture.png', size: program.length, sniffedType: 'application/x-msdownload' },
    ]);
  });

  it('is opened within a zip, and no deeper', async () => {
    const innermost = zipOf([{ name: 'unseen.exe', content: program }]);
    const inner = zipOf([
      { name: 'seen.exe', content: program },
      { name: 'innermost.zip', content: innermost },
    ]);
    const message = await look('outer.zip', zipOf([{ name: 'inner.zip', content: inner }]));
    expect(message.parts.map(({ path, name }) => [path, name])).toEqual([
      ['1', undefined],
      ['2', 'outer.zip'],
      ['2/0', 'inner.zip'],
      ['2/0/0', 'seen.exe'],
      ['2/0/1', 'innermost.zip'],
    ]);
    expect(message.anomalies).toEqual(['archive-too-deep']);
  });

  it('that is locked shows names, and that it is locked', async () => {
    const { parts } = await look('locked.zip', zipOf([{ name: 'a.exe', content: program, encrypted: true }]));
    expect(parts.slice(1)).toMatchObject([
      { name: 'locked.zip', encrypted: true },
      { name: 'a.exe', encrypted: true, sniffedType: undefined },
    ]);
  });

  it('that is cut still shows its files', async () => {
    const zip = zipOf([
      { name: 'a.exe', content: program },
      { name: 'b.exe', content: program },
    ]);
    const message = await look('cut.zip', zip.subarray(0, zip.length - 80));
    expect(namesIn(message)).toEqual(['cut.zip', 'a.exe', 'b.exe']);
    expect(message.anomalies).toEqual(['archive-damaged']);
  });

  it.each([
    [
      'behind other bytes',
      (zip: Buffer) => Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), Buffer.alloc(50), zip]),
    ],
    ['before other bytes', (zip: Buffer) => Buffer.concat([zip, Buffer.alloc(100, 'x')])],
    [
      'with a comment that looks like its end',
      (zip: Buffer) => Buffer.concat([zip, Buffer.from('PK\x05\x06'), Buffer.alloc(18)]),
    ],
  ])('%s shows its files', async (_, change) => {
    const message = await look('file.png', change(zipOf([{ name: 'a.exe', content: program }])));
    expect(namesIn(message)).toContain('a.exe');
  });

  it('shows the file that its directory leaves out', async () => {
    const hidden = zipOf([{ name: 'hidden.exe', content: program }]);
    const localHeaderAndData = hidden.subarray(0, hidden.indexOf('PK\x01\x02'));
    const shown = zipOf([{ name: 'shown.txt', content: Buffer.from('text') }]);
    const message = await look('two.zip', Buffer.concat([localHeaderAndData, shown]));
    expect(namesIn(message)).toEqual(expect.arrayContaining(['shown.txt', 'hidden.exe']));
  });

  it('with names that point elsewhere, or are no UTF-8, shows them', async () => {
    const zip = zipOf([
      { name: '../../a.exe', content: program },
      { name: '/b.exe', content: program },
      { name: 'c\\d.exe', content: program },
      { name: Buffer.from([0x81, 0x2e, 0x65, 0x78, 0x65]), content: program },
    ]);
    expect(namesIn(await look('odd.zip', zip))).toEqual([
      'odd.zip',
      '../../a.exe',
      '/b.exe',
      'c\\d.exe',
      '\x81.exe',
    ]);
  });
});

describe('an archive made to burst', () => {
  it('by its declared size is not unpacked', async () => {
    const zip = zipOf([{ name: 'bomb.bin', content: Buffer.alloc(100), declaredSize: 4_000_000_000 }]);
    expect((await look('bomb.zip', zip)).anomalies).toEqual(['archive-too-large']);
  });

  it('by its ratio is told so', async () => {
    const zip = zipOf([{ name: 'zeros.bin', content: Buffer.alloc(20 * 1024 * 1024) }]);
    expect((await look('zeros.zip', zip)).anomalies).toEqual(['archive-too-large']);
  });

  it('that lies about its size is unpacked no further than it says', async () => {
    const inner = zipOf([{ name: 'zeros.bin', content: Buffer.alloc(30 * 1024 * 1024) }]);
    const zip = zipOf([
      { name: 'inner.zip', content: Buffer.concat([inner, Buffer.alloc(50_000_000)]), declaredSize: 100 },
    ]);
    const started = cpuMs();
    const message = await look('lies.zip', zip);
    expect(cpuMs() - started).toBeLessThan(1000);
    expect(message.anomalies).toEqual(['archive-damaged']);
  });

  it('by its number of files is read up to the cap', async () => {
    const files = Array.from({ length: 3000 }, (_, at) => ({ name: `${at}.txt`, content: Buffer.from('x') }));
    const message = await look('many.zip', zipOf(files));
    expect(message.anomalies).toEqual(['archive-too-large']);
    expect(message.parts).toHaveLength(2 + 1000);
  });

  it('by files of zeros in great number is read in time', async () => {
    const files = Array.from({ length: 1000 }, (_, at) => ({
      name: `${at}.bin`,
      content: Buffer.alloc(700_000),
    }));
    const started = cpuMs();
    const message = await look('zeros.zip', zipOf(files));
    expect(message.parts).toHaveLength(2 + 1000);
    expect(cpuMs() - started).toBeLessThan(8000);
  }, 20_000);
});

describe('a locked file of another kind', () => {
  it.each([
    [
      'a 7z',
      Buffer.concat([
        Buffer.from("7z\xbc\xaf'\x1c\0\x04", 'latin1'),
        Buffer.alloc(60),
        Buffer.from([6, 0xf1, 7, 1]),
      ]),
    ],
    ['a RAR 5', Buffer.from('Rar!\x1a\x07\x01\0\0\0\0\0\x21\x04\0\0\0\0\0\0', 'latin1')],
    [
      'an Office document',
      Buffer.concat([
        Buffer.from('d0cf11e0a1b11ae1', 'hex'),
        Buffer.alloc(600),
        Buffer.from('EncryptedPackage', 'utf16le'),
      ]),
    ],
  ])('is told to be locked: %s', async (_, content) => {
    const { parts } = await look('file.bin', content);
    expect(parts[1]).toMatchObject({ name: 'file.bin', encrypted: true });
  });
});
