/** Archives in all their forms, written by the programs that people use. */
import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  createReadStream,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { crc32, gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { FoundFile } from '@sluice/core/ports/mail-files.ts';
import { findMails } from './index.ts';

const mail = (subject: string): string => `From: a@b.example\nSubject: ${subject}\n\nHello\n`;
const fromLine = 'From a@b.example Sun Nov 22 11:28:03 2026\n';
const mbox = (...subjects: readonly string[]): string =>
  subjects.map((subject) => `${fromLine}${mail(subject)}\n`).join('');

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'sluice-mail-files-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(files: Readonly<Record<string, string | Buffer>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

async function find(place: string | AsyncIterable<Buffer>, maxBytes = 10_000): Promise<FoundFile[]> {
  return Array.fromAsync(findMails(place, { maxBytes }));
}

const subjectsOf = (found: readonly FoundFile[]): readonly string[] =>
  found
    .flatMap((file) =>
      file.kind === 'mail' ? [/^Subject: (.*)$/m.exec(Buffer.from(file.raw).toString())?.[1] ?? ''] : [],
    )
    .toSorted();
const others = (found: readonly FoundFile[]): readonly FoundFile[] =>
  found.filter(({ kind }) => kind !== 'mail');

/** Runs a program in the folder. */
const run = (program: string, ...args: readonly string[]): void => {
  const { status, stderr } = spawnSync(program, args, { cwd: folder, encoding: 'utf8' });
  expect({ program, status, stderr }).toMatchObject({ status: 0 });
};

describe('a folder', () => {
  it('gives the mails of all that lies in it, however deep', async () => {
    put({
      'one.eml': mail('one'),
      'a/b/c/two': mail('two'),
      'a/00001.7c53336b37003a9286aba55d2945844c': `${fromLine}${mail('three')}`,
      'list.mbox': mbox('four', 'five'),
      Inbox: mbox('six'),
      'seven.eml.gz': gzipSync(mail('seven')),
    });
    const found = await find(folder);
    expect(subjectsOf(found)).toEqual(['five', 'four', 'one', 'seven', 'six', 'three', 'two']);
    expect(others(found)).toEqual([]);
  });

  it('may be a maildir, of which what is half written is left alone', async () => {
    put({
      'cur/1.a.host:2,S': mail('read'),
      'new/2.b.host': mail('unread'),
      'tmp/3.c.host': mail('half'),
      'dovecot-uidlist': '3 V1',
      '.Sent/cur/4.d.host:2,S': mail('sent'),
    });
    const found = await find(folder);
    expect(subjectsOf(found)).toEqual(['read', 'sent', 'unread']);
    expect(others(found)).toEqual([{ kind: 'other', name: 'dovecot-uidlist' }]);
  });

  it('tells what is no mail from what was meant to be one', async () => {
    put({
      'INDEX.tsv': 'sha256\tsize\n',
      'page.html': '<html>Subject: x</html>',
      'broken.eml': 'no header at all',
      'empty.eml': '',
      'large.eml': mail('x'.repeat(10_000)),
      'mail.txt': mail('by its content'),
    });
    const found = await find(folder);
    expect(subjectsOf(found)).toEqual(['by its content']);
    expect(others(found).toSorted((a, b) => a.name.localeCompare(b.name))).toEqual([
      { kind: 'bad', name: 'broken.eml', why: 'it is no mail' },
      { kind: 'bad', name: 'empty.eml', why: 'it is empty' },
      { kind: 'other', name: 'INDEX.tsv' },
      { kind: 'bad', name: 'large.eml', why: 'it is larger than we take' },
      { kind: 'other', name: 'page.html' },
    ]);
  });

  it('is not left by links, and goes on past what cannot be read', async () => {
    put({ 'one.eml': mail('one'), 'cut.tar.gz': gzipSync(mbox('x').repeat(50)).subarray(0, 60) });
    symlinkSync(folder, join(folder, 'circle'));
    symlinkSync('/etc/passwd', join(folder, 'link.eml'));
    writeFileSync(join(folder, 'closed.eml'), mail('closed'));
    chmodSync(join(folder, 'closed.eml'), 0);
    const found = await find(folder);
    const isRoot = process.getuid?.() === 0;
    expect(subjectsOf(found)).toEqual(isRoot ? ['closed', 'one'] : ['one']);
    expect(others(found)).toContainEqual({ kind: 'bad', name: 'cut.tar.gz', why: 'it is damaged' });
  });
});

describe('a tar', () => {
  const long = `${'deep/'.repeat(40)}${'long-'.repeat(30)}name.eml`;
  const files = {
    'in/one.eml': mail('one'),
    [`in/${long}`]: mail('long'),
    'in/box.mbox': mbox('two', 'three'),
  };

  it.each(['ustar', 'gnu', 'pax', 'v7'])('of the form %s', async (format) => {
    const hasLongNames = format === 'gnu' || format === 'pax';
    put(hasLongNames ? files : { 'in/one.eml': mail('one'), 'in/box.mbox': mbox('two', 'three') });
    run('tar', 'cf', 'archive.tar', `--format=${format}`, 'in');
    const expected = ['one', 'three', 'two'];
    expect(subjectsOf(await find(join(folder, 'archive.tar')))).toEqual(
      hasLongNames ? ['long', ...expected] : expected,
    );
  });

  it('may be packed, lie in a folder or come as a stream', async () => {
    put(files);
    run('tar', 'czf', 'archive.tar.gz', 'in');
    rmSync(join(folder, 'in'), { recursive: true });
    const found = await find(folder);
    expect(subjectsOf(found)).toEqual(['long', 'one', 'three', 'two']);
    expect(found.map(({ name }) => name)).toContain('archive.tar.gz/in/box.mbox#2');
    const bytes = createReadStream(join(folder, 'archive.tar.gz'));
    expect(subjectsOf(await find(bytes as AsyncIterable<Buffer>))).toEqual(['long', 'one', 'three', 'two']);
  });

  it('gives what comes before the place where it is cut', async () => {
    put({ 'in/one.eml': mail('one'), 'in/two.eml': mail('two').padEnd(5_000, 'x') });
    run('tar', 'cf', 'archive.tar', 'in/one.eml', 'in/two.eml');
    truncateSync(join(folder, 'archive.tar'), 3_000);
    const found = await find(join(folder, 'archive.tar'));
    expect(subjectsOf(found)).toEqual(['one']);
    expect(others(found)).toEqual([{ kind: 'bad', name: 'archive.tar', why: 'it ends too early' }]);
  });
});

/** A zip of files that are stored as they are. */
function zipOf(files: Readonly<Record<string, string>>): Buffer {
  const entries: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const [path, content] = [Buffer.from(name), Buffer.from(text)];
    const about = Buffer.alloc(26);
    about.writeUInt16LE(20, 0);
    about.writeUInt32LE(crc32(content), 10);
    about.writeUInt32LE(content.length, 14);
    about.writeUInt32LE(content.length, 18);
    about.writeUInt16LE(path.length, 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    entries.push(Buffer.from('PK\u0003\u0004'), about, path, content);
    directory.push(Buffer.from('PK\u0001\u0002\u0014\0'), about, place, path);
    offset += 30 + path.length + content.length;
  }
  const end = Buffer.alloc(18);
  end.writeUInt16LE(Object.keys(files).length, 4);
  end.writeUInt16LE(Object.keys(files).length, 6);
  end.writeUInt32LE(Buffer.concat(directory).length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...entries, ...directory, Buffer.from('PK\u0005\u0006'), end]);
}

describe('a zip', () => {
  it('gives the mails in it', async () => {
    put({
      'archive.zip': zipOf({
        'in/one.eml': mail('one'),
        'in/box.mbox': mbox('two', 'three'),
        'in/x.tsv': 'x',
      }),
    });
    const found = await find(folder);
    expect(subjectsOf(found)).toEqual(['one', 'three', 'two']);
    expect(others(found)).toEqual([{ kind: 'other', name: 'archive.zip/in/x.tsv' }]);
  });

  it('that is damaged is one bad file', async () => {
    put({ 'archive.zip': `PK\u0003\u0004${'x'.repeat(100)}` });
    expect(await find(join(folder, 'archive.zip'))).toMatchObject([{ kind: 'bad', name: 'archive.zip' }]);
  });
});

describe('a place', () => {
  it('at which nothing is, is an error', async () => {
    await expect(find(join(folder, 'nothing'))).rejects.toThrow(/ENOENT/);
  });

  it('may be a stream of one mail', async () => {
    const stream = async function* () {
      yield Buffer.from(mail('one').slice(0, 10));
      yield Buffer.from(mail('one').slice(10));
    };
    expect(subjectsOf(await find(stream()))).toEqual(['one']);
  });

  it('gives the bytes as they lie there', async () => {
    const raw = Buffer.from([...Buffer.from(mail('one')), 0, 0xff, 0x0d, 0x0a]);
    put({ 'one.eml': raw });
    const [found] = await find(folder);
    expect(found?.kind === 'mail' && raw.equals(found.raw)).toBe(true);
  });
});
