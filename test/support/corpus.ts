/** The way to the test material that none of us wrote: read from its archives into memory, never copied into the project. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';

export interface CorpusFile {
  /** As in the archive, its first folder included. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

const demanded = process.env['SLUICE_TEST_CORPUS'];
const folder = demanded ?? fileURLToPath(new URL('../../../shared/corpus', import.meta.url));

/** True where the corpus is not on this machine: tests that need it skip, and say so in their name. */
export const corpusMissing = !existsSync(join(folder, 'suites'));

// A build that names a corpus must not pass because it is absent.
if (corpusMissing && process.env['CI'] === 'true' && demanded !== undefined) {
  throw new Error(`SLUICE_TEST_CORPUS names ${demanded}, which holds no corpus`);
}

/** The files of a public conformance suite, e.g. `mime`, without the archive's own index. */
export const readSuite = (name: string): Iterable<CorpusFile> => readArchive(join(folder, 'suites', name));

/** The labelled messages of a collection, e.g. `enron`; the label is a folder in the path: `/ham/`, `/hardham/` or `/spam/`. */
export const readMail = (name: string): Iterable<CorpusFile> => readArchive(join(folder, 'mail', name));

/** The bytes as an SMTP server would have got them: without an mbox `From ` line, every line ended by CRLF. */
export function asReceived(bytes: Uint8Array): Uint8Array {
  const source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const hasMboxLine = source.subarray(0, 5).equals(Buffer.from('From '));
  const start = hasMboxLine ? source.indexOf(0x0a) + 1 : 0;
  const target = Buffer.alloc((source.length - start) * 2);
  let length = 0;
  for (let at = start; at < source.length; at += 1) {
    const byte = source[at]!;
    if (byte === 0x0a && source[at - 1] !== 0x0d) target[length++] = 0x0d;
    target[length++] = byte;
  }
  return target.subarray(0, length);
}

function* readArchive(stem: string): Generator<CorpusFile> {
  for (const file of readTar(gunzipSync(readFileSync(`${stem}.dev.tar.gz`)))) {
    if (!file.path.endsWith('/INDEX.tsv')) yield file;
  }
}

/** The regular files of a POSIX ustar archive, with pax records for long names. */
function* readTar(tar: Buffer): Generator<CorpusFile> {
  let longName: string | undefined;
  for (let at = 0; at + 512 <= tar.length && tar[at] !== 0;) {
    const header = tar.subarray(at, at + 512);
    const size = Number.parseInt(text(header, 124, 12).trim(), 8);
    const bytes = tar.subarray(at + 512, at + 512 + size);
    const type = text(header, 156, 1);
    if (type === 'x') {
      longName = /^\d+ path=(.*)$/m.exec(bytes.toString('utf8'))?.[1];
    } else {
      if (type === '' || type === '0') yield { path: longName ?? pathOf(header), bytes };
      longName = undefined;
    }
    at += 512 + Math.ceil(size / 512) * 512;
  }
}

function pathOf(header: Buffer): string {
  const prefix = text(header, 345, 155);
  return prefix === '' ? text(header, 0, 100) : `${prefix}/${text(header, 0, 100)}`;
}

const text = (bytes: Buffer, start: number, length: number): string =>
  bytes.toString('utf8', start, start + length).replace(/\0.*$/s, '');
