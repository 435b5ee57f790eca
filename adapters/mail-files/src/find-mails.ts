/** Finds the mails of an archive: a file, a folder with all that is in it, or a stream; mailboxes and archives are opened. */
import { stat } from 'node:fs/promises';
import { basename, relative } from 'node:path';
import type { FoundFile } from '@sluice/core/ports/mail-files.ts';
import { claimOf, isSingle, looksLikeMail, packingOf } from './kinds.ts';
import { createMboxSplitter, startsWithFromLine, withoutFromLine } from './mbox.ts';
import { openFile, type Source, sourceOf, unzipped } from './source.ts';
import { tarEntries } from './tar.ts';
import { walk } from './walk.ts';
import { zipEntries } from './zip.ts';

export interface FindOptions {
  /** Larger mails are bad files. */
  readonly maxBytes: number;
}

/** Archives in archives, so deep. */
const maxDepth = 3;

/** `place`: a path, or a stream. Rejects where there is nothing at the path; whatever else is wrong is found as `bad`. */
export async function* findMails(
  place: string | AsyncIterable<Buffer>,
  { maxBytes }: FindOptions,
): AsyncGenerator<FoundFile> {
  const limits = { maxBytes, depth: 0 };
  if (typeof place !== 'string') {
    // Somebody who hands over one thing means it, whatever it is called.
    const about = { name: '-', modifiedAt: Date.now() };
    yield* guarded(about.name, async () => mailsOf(await sourceOf(about, place), limits));
    return;
  }
  const isFolder = (await stat(place)).isDirectory();
  if (!isFolder) {
    yield* guarded(basename(place), async () => mailsOf(await openFile(place, basename(place)), limits));
    return;
  }
  for await (const found of walk(place)) {
    const name = relative(place, found.path) || found.path;
    if (found.kind === 'unreadable') yield bad(name, reasonOf(found.error));
    else if (claimOf(found.path) === 'none') yield { kind: 'other', name };
    else
      yield* guarded(name, async () => mailsOf(await openFile(found.path, found.path), limits), found.path);
  }
}

interface Limits extends FindOptions {
  readonly depth: number;
}

/** One damaged file is one bad file. `path`: what names inside begin with, shown as `name`. */
async function* guarded(
  name: string,
  read: () => Promise<AsyncGenerator<FoundFile>>,
  path = name,
): AsyncGenerator<FoundFile> {
  try {
    for await (const found of await read()) {
      yield found.name.startsWith(path) ? { ...found, name: name + found.name.slice(path.length) } : found;
    }
  } catch (error) {
    yield bad(name, reasonOf(error));
  }
}

async function* mailsOf(source: Source, limits: Limits): AsyncGenerator<FoundFile> {
  try {
    yield* opened(source, limits);
  } finally {
    await source.close();
  }
}

async function* opened(source: Source, limits: Limits): AsyncGenerator<FoundFile> {
  switch (packingOf(source.head)) {
    case 'gzip':
      return yield* mailsOf(await unzipped(source), limits);
    case 'tar':
      return yield* mailsOfTar(source, limits);
    case 'zip':
      return yield* mailsOfZip(source, limits);
    case 'none':
      return yield* startsWithFromLine(source.head) && !isSingle(source.name)
        ? mailsOfMbox(source, limits)
        : oneMail(source, limits);
    default:
      return undefined;
  }
}

async function* mailsOfTar(source: Source, limits: Limits): AsyncGenerator<FoundFile> {
  if (limits.depth >= maxDepth) return yield bad(source.name, 'archives lie in it too deep');
  for await (const { name, modifiedAt, chunks } of tarEntries(source.chunks)) {
    const about = { name: `${source.name}/${name.replace(/^\.\//, '')}`, modifiedAt };
    if (claimOf(name) === 'none') yield { kind: 'other', name: about.name };
    else yield* mailsOf(await sourceOf(about, chunks), { ...limits, depth: limits.depth + 1 });
  }
}

async function* mailsOfZip({ name, path }: Source, limits: Limits): AsyncGenerator<FoundFile> {
  if (path === undefined) return yield bad(name, 'a zip is read only from a file of its own');
  for await (const entry of zipEntries(path)) {
    const { open } = entry;
    const about = { name: `${name}/${entry.name}`, modifiedAt: entry.modifiedAt };
    if (claimOf(entry.name) === 'none') yield { kind: 'other', name: about.name };
    else if (open === undefined) yield bad(about.name, 'it is locked by a password');
    else {
      const read = async () =>
        mailsOf(await sourceOf(about, await open()), { ...limits, depth: limits.depth + 1 });
      yield* guarded(about.name, read);
    }
  }
}

async function* mailsOfMbox(
  { name, modifiedAt, chunks }: Source,
  { maxBytes }: Limits,
): AsyncGenerator<FoundFile> {
  const splitter = createMboxSplitter(maxBytes);
  let number = 0;
  const found = (raw: Buffer | undefined): FoundFile => {
    number += 1;
    return judged(`${name}#${number}`, raw, modifiedAt);
  };
  for await (const chunk of chunks) for (const raw of splitter.push(chunk)) yield found(raw);
  for (const raw of splitter.end()) yield found(raw);
}

/** `raw`: undefined for one that is too large. */
function judged(name: string, raw: Buffer | undefined, modifiedAt: number): FoundFile {
  if (raw === undefined) return bad(name, 'it is larger than we take');
  if (!looksLikeMail(raw, 'mail')) return bad(name, raw.length === 0 ? 'it is empty' : 'it is no mail');
  return { kind: 'mail', name, raw, modifiedAt };
}

async function* oneMail(source: Source, { maxBytes }: Limits): AsyncGenerator<FoundFile> {
  const { name, head, modifiedAt } = source;
  if (claimOf(name) === 'any' && !looksLikeMail(head, 'any')) return yield { kind: 'other', name };
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of source.chunks) {
    length += piece.length;
    if (length > maxBytes) break;
    pieces.push(piece);
  }
  const whole = pieces.length === 1 && pieces[0] !== undefined ? pieces[0] : Buffer.concat(pieces);
  yield judged(name, length > maxBytes ? undefined : withoutFromLine(whole), modifiedAt);
}

const bad = (name: string, why: string): FoundFile => ({ kind: 'bad', name, why });

const codes: Readonly<Record<string, string>> = {
  EACCES: 'it may not be read',
  EPERM: 'it may not be read',
  ENOENT: 'it is gone',
  EISDIR: 'it is a folder',
};

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = 'code' in error ? String(error.code) : '';
  if (code.startsWith('Z_') || code === 'ERR_STREAM_PREMATURE_CLOSE') return 'it is damaged';
  return codes[code] ?? (error.message.slice(0, 200) || 'it cannot be read');
}
