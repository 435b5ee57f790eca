/** Reads a pack from end to end and tells what of it is not as it was written. */
import { sha256Hex } from '../kernel/hash.ts';
import type { PackStore } from '../ports/pack-store.ts';
import { createDictionaryCache } from './dictionaries.ts';
import { magic } from './format.ts';
import { openPack, type OpenPack } from './frame.ts';
import { carriedRange, isMagic } from './index-codec.ts';
import { framesOf } from './read-pack.ts';

export interface PackReport {
  readonly status: 'sound' | 'damaged' | 'missing';
  /** Mails that were read and are as they were received. */
  readonly soundMails: number;
  /** Mails that the pack knows of and can no longer give. */
  readonly damagedMails: readonly string[];
  /** Frames of which not even the list of mails could be read. */
  readonly unreadableFrames: readonly number[];
  /** False: header or a dictionary carried is damaged, or the index, and then nothing could be read. */
  readonly isFrameworkSound: boolean;
}

export async function verifyPack(
  store: PackStore,
  name: string,
  cache = createDictionaryCache(),
): Promise<PackReport> {
  const pack = await openPack(store, name, cache);
  const nothing = { soundMails: 0, damagedMails: [], unreadableFrames: [], isFrameworkSound: false };
  if (typeof pack === 'string') return { ...nothing, status: pack };

  let soundMails = 0;
  const damagedMails: string[] = [];
  const unreadableFrames: number[] = [];
  for await (const { frame, mails } of framesOf(pack)) {
    if (!mails.ok) {
      unreadableFrames.push(frame);
      continue;
    }
    const damaged = mails.value.filter(({ raw }) => !raw.ok);
    damagedMails.push(...damaged.map(({ mailId }) => mailId));
    soundMails += mails.value.length - damaged.length;
  }
  const isFrameworkSound = (await isHeaderSound(pack)) && (await areDictionariesSound(pack));
  const isSound = isFrameworkSound && damagedMails.length === 0 && unreadableFrames.length === 0;
  return {
    status: isSound ? 'sound' : 'damaged',
    soundMails,
    damagedMails,
    unreadableFrames,
    isFrameworkSound,
  };
}

async function isHeaderSound({ source }: OpenPack): Promise<boolean> {
  const header = await source.read({ start: 0, length: magic.length });
  return header !== undefined && isMagic(header);
}

/** Those in the pack; a cached copy does not vouch for them. One that lies in the store shows in the mails that need it. */
async function areDictionariesSound({ source, directory: { dictionaries } }: OpenPack): Promise<boolean> {
  for (const [place, { carriedLength, sha256 }] of dictionaries.entries()) {
    if (carriedLength === 0) continue;
    const bytes = await source.read(carriedRange(dictionaries, place));
    if (bytes === undefined || sha256Hex(bytes) !== sha256.toHex()) return false;
  }
  return true;
}
