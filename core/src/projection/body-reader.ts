/** Reads many mails from packs, mostly in their order: the last packs and frames stay open. */
import { createDictionaryCache } from '../archive/dictionaries.ts';
import {
  openPack,
  readFrame,
  readSection,
  restoreMail,
  type OpenPack,
  type ReadError,
} from '../archive/frame.ts';
import type { MailEntry } from '../archive/format.ts';
import type { BodyLocation } from '../kernel/event.ts';
import { fail, ok, type Result } from '../kernel/result.ts';
import type { PackStore } from '../ports/pack-store.ts';

export interface BodyReader {
  /** The mail as received. Throws where the store cannot be reached. */
  read(location: BodyLocation): Promise<Result<Uint8Array, ReadError>>;
}

const keptPacks = 4;
const keptFrames = 2;

interface OpenFrame {
  readonly mails: readonly MailEntry[];
  readonly unpacked: Uint8Array;
}

export function createBodyReader(store: PackStore): BodyReader {
  const dictionaries = createDictionaryCache();
  const packs = createRecent<OpenPack>(keptPacks);
  const frames = createRecent<OpenFrame>(keptFrames);

  const packOf = async (name: string): Promise<OpenPack | ReadError> => {
    const known = packs.get(name);
    if (known !== undefined) return known;
    const opened = await openPack(store, name, dictionaries);
    if (typeof opened !== 'string') packs.add(name, opened);
    return opened;
  };

  const frameOf = async (pack: OpenPack, place: number): Promise<OpenFrame | undefined> => {
    const key = `${pack.name}\n${place}`;
    const known = frames.get(key);
    if (known !== undefined) return known;
    const header = pack.directory.frames[place];
    const mails = header && (await readSection(pack, header));
    const unpacked = header && mails && (await readFrame(pack, header));
    if (mails === undefined || unpacked === undefined) return undefined;
    frames.add(key, { mails, unpacked });
    return { mails, unpacked };
  };

  return {
    async read(location) {
      const pack = await packOf(location.pack);
      if (typeof pack === 'string') return fail(pack);
      const header = pack.directory.frames[location.frame];
      if (header === undefined) return fail('missing');
      const frame = await frameOf(pack, location.frame);
      if (frame === undefined) return fail('damaged');
      const mail = frame.mails.find(
        ({ stored, length }) => stored.start === location.offset && length === location.length,
      );
      if (mail === undefined) return fail('missing');
      const raw = restoreMail(frame.unpacked, header, mail);
      return raw === undefined ? fail('damaged') : ok(raw);
    },
  };
}

/** The last few things used, the longest unused dropped first. */
function createRecent<T>(capacity: number): {
  get(key: string): T | undefined;
  add(key: string, value: T): void;
} {
  const kept = new Map<string, T>();
  const add = (key: string, value: T): void => {
    kept.delete(key);
    kept.set(key, value);
    const [oldest] = kept.keys();
    if (kept.size > capacity && oldest !== undefined) kept.delete(oldest);
  };
  return {
    get(key) {
      const value = kept.get(key);
      if (value !== undefined) add(key, value);
      return value;
    },
    add,
  };
}
