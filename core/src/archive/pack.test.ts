/** Packs give back what was put into them, byte for byte. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { sha256Hex } from '../kernel/hash.ts';
import { ok } from '../kernel/result.ts';
import { buildPack, type MailToPack, type PackOptions } from './build-pack.ts';
import { createDictionaryCache } from './dictionaries.ts';
import { dictionaryName } from './format.ts';
import { createMemoryPackStore } from './memory-pack-store.ts';
import { readMail, readPack, readPackIndex } from './read-pack.ts';
import { verifyPack } from './verify-pack.ts';

const name = 'packs/0193-test';

const mail = fc.record({
  mailId: fc.uuid(),
  raw: fc.oneof(
    fc.uint8Array({ maxLength: 300 }),
    fc.constant(new Uint8Array(0)),
    fc.constant(new Uint8Array(5000)),
    fc.string({ maxLength: 2000 }).map((text) => new TextEncoder().encode(text)),
  ),
});
const options = fc.record({
  name: fc.constant(name),
  frameBytes: fc.constantFrom(1, 500, 10_000),
  dictionary: fc.option(
    fc.record({ bytes: fc.uint8Array({ minLength: 1, maxLength: 400 }), carry: fc.boolean() }),
    { nil: undefined },
  ),
});

async function archive(mails: readonly MailToPack[], packOptions: PackOptions) {
  const store = createMemoryPackStore();
  const pack = buildPack(mails, packOptions);
  const { dictionary } = packOptions;
  if (dictionary && !dictionary.carry) {
    await store.put(dictionaryName(sha256Hex(dictionary.bytes)), dictionary.bytes);
  }
  await store.put(packOptions.name, pack.bytes);
  return { store, ...pack };
}

it('gives back every mail by its location, whatever the bytes, frames and dictionary', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(mail, { maxLength: 12 }), options, async (mails, packOptions) => {
      const { store, locations } = await archive(mails, clean(packOptions));
      const cache = createDictionaryCache();
      expect(locations).toHaveLength(mails.length);
      for (const [place, location] of locations.entries()) {
        expect(await readMail(store, location, cache)).toEqual(ok(mails[place]!.raw));
      }
    }),
  );
});

it('gives back all mails in their order, frame by frame, and finds the pack sound', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(mail, { maxLength: 12 }), options, async (mails, packOptions) => {
      const { store, locations } = await archive(mails, clean(packOptions));
      const read = await readPack(store, name);
      if (!read.ok) throw new Error(read.error);
      const seen = [];
      for await (const frame of read.value) {
        if (!frame.mails.ok) throw new Error(`frame ${frame.frame} is damaged`);
        seen.push(...frame.mails.value);
      }
      expect(seen).toEqual(
        mails.map(({ mailId, raw }, place) => ({ mailId, location: locations[place], raw: ok(raw) })),
      );
      expect(await verifyPack(store, name)).toMatchObject({ status: 'sound', soundMails: mails.length });
    }),
  );
});

it('knows by its index which mails it holds, and where', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(mail, { maxLength: 12 }), options, async (mails, packOptions) => {
      const { bytes, locations } = buildPack(mails, clean(packOptions));
      const index = await readPackIndex(bytes.length, async (start, length) =>
        bytes.slice(start, start + length),
      );
      if (!index.ok) throw new Error(index.error);
      const found = index.value.mails.flatMap((entries, frame) =>
        entries.map(({ mailId, stored, length }) => ({ mailId, frame, offset: stored.start, length })),
      );
      expect(found).toEqual(
        mails.map(({ mailId }, place) => {
          const { frame, offset, length } = locations[place]!;
          return { mailId, frame, offset, length };
        }),
      );
    }),
  );
});

it('reads a mail of a small pack with one read, and of a big one with one more for its frame', async () => {
  const mails = Array.from({ length: 300 }, (_, n) => ({ mailId: uuid(n), raw: noise(n, 4000) }));
  for (const [count, reads] of [
    [5, 1],
    [300, 2],
  ] as const) {
    const { store, locations } = await archive(mails.slice(0, count), { name });
    let asked = 0;
    const counting = {
      ...store,
      getRange: (...range: Parameters<typeof store.getRange>) => {
        asked++;
        return store.getRange(...range);
      },
    };
    expect((await readMail(counting, locations[0]!)).ok).toBe(true);
    expect(asked).toBe(reads);
  }
});

it('says missing for a pack, a frame or a mail that is not there', async () => {
  const raw = noise(1, 100);
  const { store, locations } = await archive([{ mailId: uuid(1), raw }], { name });
  const location = locations[0]!;
  for (const other of [{ pack: 'packs/none' }, { frame: 1 }, { frame: -1 }, { offset: 1 }, { length: 99 }]) {
    expect(await readMail(store, { ...location, ...other })).toEqual({ ok: false, error: 'missing' });
  }
  expect(await readPack(store, 'packs/none')).toEqual({ ok: false, error: 'missing' });
  expect((await verifyPack(store, 'packs/none')).status).toBe('missing');
});

it('reads compacted packs: one frame of many mails', async () => {
  const mails = Array.from({ length: 500 }, (_, n) => ({ mailId: uuid(n), raw: noise(n % 7, 2000) }));
  const { store, locations, bytes } = await archive(mails, { name, frameBytes: 1024 * 1024, level: 9 });
  expect(bytes.length).toBeLessThan(500 * 55 + 7 * 2100);
  expect(locations.at(-1)).toEqual({ pack: name, frame: 0, offset: 499 * 2000, length: 2000 });
  expect(await readMail(store, locations[321]!)).toEqual(ok(mails[321]!.raw));
});

it('costs at most 70 bytes a mail beside the packed bytes, alone in a frame, and 52 among others', () => {
  const mails = Array.from({ length: 100 }, (_, n) => ({ mailId: uuid(n), raw: noise(n, 10_000) }));
  const overhead = (frameBytes: number): number =>
    (buildPack(mails, { name, frameBytes }).bytes.length - 100 * 10_000) / 100;
  expect(overhead(1)).toBeLessThan(70);
  expect(overhead(1024 * 1024)).toBeLessThan(52);
});

it('refuses to build what could not be read', () => {
  const raw = new Uint8Array(64 * 1024 * 1024 + 1);
  expect(() => buildPack([{ mailId: uuid(1), raw }], { name })).toThrow(RangeError);
  expect(() => buildPack([{ mailId: 'mail-1', raw: new Uint8Array(1) }], { name })).toThrow(RangeError);
});

it('needs the dictionary it was packed with', async () => {
  const dictionary = { bytes: noise(7, 2000), carry: false };
  const { store, locations } = await archive([{ mailId: uuid(1), raw: noise(7, 1500) }], {
    name,
    dictionary,
  });
  expect((await readMail(store, locations[0]!)).ok).toBe(true);
  await store.delete(dictionaryName(sha256Hex(dictionary.bytes)));
  expect(await readMail(store, locations[0]!)).toEqual({ ok: false, error: 'damaged' });
});

/** Without keys whose value is undefined, as the compiler demands. */
const clean = (value: { name: string; frameBytes: number; dictionary: PackOptions['dictionary'] }) => {
  const { dictionary, ...rest } = value;
  return dictionary ? { ...rest, dictionary } : rest;
};

const uuid = (n: number): string => `00000000-0000-7000-8000-${String(n).padStart(12, '0')}`;

/** Bytes that do not compress, the same for the same seed. */
function noise(seed: number, length: number): Uint8Array {
  let state = seed * 2654435761 + 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}
