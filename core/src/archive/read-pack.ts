/** Reads packs: one mail, the index, or all mails in turn. Damage is found out, and never given away as a mail. */
import type { BodyLocation } from '../kernel/event.ts';
import { fail, ok, type Result } from '../kernel/result.ts';
import type { PackStore } from '../ports/pack-store.ts';
import { createDictionaryCache } from './dictionaries.ts';
import type { Directory, MailEntry } from './format.ts';
import {
  missingOrDamaged,
  openPack,
  readDirectory,
  readFrame,
  readSection,
  restoreMail,
  type OpenPack,
  type ReadError,
} from './frame.ts';
import { decodeSection } from './index-codec.ts';
import { createPackSource, type GetRange } from './pack-source.ts';

/** One mail as it was received. Share `cache` among the reads of one store, so that a dictionary is read once. */
export async function readMail(
  store: PackStore,
  location: BodyLocation,
  cache = createDictionaryCache(),
): Promise<Result<Uint8Array, ReadError>> {
  const pack = await openPack(store, location.pack, cache);
  if (typeof pack === 'string') return fail(pack);
  const frame = pack.directory.frames[location.frame];
  if (frame === undefined) return fail('missing');
  const mails = await readSection(pack, frame);
  if (mails === undefined) return fail(await missingOrDamaged(store, pack.name));
  const mail = mails.find(
    ({ stored, length }) => stored.start === location.offset && length === location.length,
  );
  if (mail === undefined) return fail('missing');
  const unpacked = await readFrame(pack, frame);
  const raw = unpacked && restoreMail(unpacked, frame, mail);
  return raw ? ok(raw) : fail(await missingOrDamaged(store, pack.name));
}

export interface PackIndex {
  readonly directory: Directory;
  /** The mails of each frame. */
  readonly mails: readonly (readonly MailEntry[])[];
}

/** The whole index of a pack of `size` bytes: which mails it holds, and where. */
export async function readPackIndex(size: number, getRange: GetRange): Promise<Result<PackIndex, 'damaged'>> {
  const source = createPackSource(size, getRange);
  const directory = await readDirectory(source);
  if (directory === undefined) return fail('damaged');
  const first = directory.frames[0]?.section.start ?? 0;
  const last = directory.frames.at(-1)?.section;
  const tableLength = last ? last.start + last.length - first : 0;
  const table = await source.read({ start: first, length: tableLength });
  if (table === undefined) return fail('damaged');
  const mails: MailEntry[][] = [];
  for (const frame of directory.frames) {
    const from = frame.section.start - first;
    const entries = decodeSection(table.subarray(from, from + frame.section.length), frame);
    if (entries === undefined) return fail('damaged');
    mails.push(entries);
  }
  return ok({ directory, mails });
}

export interface ArchivedMail {
  readonly mailId: string;
  readonly location: BodyLocation;
  readonly raw: Result<Uint8Array, 'damaged'>;
}

export interface ArchivedFrame {
  /** Its place in the pack, from 0. */
  readonly frame: number;
  /** Damaged: not even known which mails the frame holds. */
  readonly mails: Result<readonly ArchivedMail[], 'damaged'>;
}

/** All mails of a pack in their order, frame by frame, with one frame in memory at a time. */
export async function readPack(
  store: PackStore,
  name: string,
  cache = createDictionaryCache(),
): Promise<Result<AsyncGenerator<ArchivedFrame, void>, ReadError>> {
  const pack = await openPack(store, name, cache);
  return typeof pack === 'string' ? fail(pack) : ok(framesOf(pack));
}

export async function* framesOf(pack: OpenPack): AsyncGenerator<ArchivedFrame, void> {
  for (const [place, frame] of pack.directory.frames.entries()) {
    const entries = await readSection(pack, frame);
    if (entries === undefined) {
      yield { frame: place, mails: fail('damaged') };
      continue;
    }
    const unpacked = await readFrame(pack, frame);
    const mails = entries.map((entry): ArchivedMail => {
      const raw = unpacked && restoreMail(unpacked, frame, entry);
      const location = { pack: pack.name, frame: place, offset: entry.stored.start, length: entry.length };
      return { mailId: entry.mailId, location, raw: raw ? ok(raw) : fail('damaged') };
    });
    yield { frame: place, mails: ok(mails) };
  }
}
