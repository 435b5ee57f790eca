/** Packs that were altered, cut off or forged are found out: never wrong bytes, never a crash, never much memory. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sha256 } from '../kernel/hash.ts';
import { buildPack } from './build-pack.ts';
import { concatBytes, createByteReader } from './bytes.ts';
import { magic, maxFrameBytes, type FrameHeader } from './format.ts';
import { encodeDirectory, encodeSection, encodeTrailer } from './index-codec.ts';
import { createMemoryPackStore } from './memory-pack-store.ts';
import { readMail, readPack, readPackIndex } from './read-pack.ts';
import { verifyPack } from './verify-pack.ts';
import { compress, crc32 } from './zstd.ts';

const name = 'packs/damaged';
const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const mails = [
  { mailId: '01930000-0000-7000-8000-000000000001', raw: text('From: a\r\n\r\nhello hello hello hello\r\n') },
  { mailId: '01930000-0000-7000-8000-000000000002', raw: text('') },
  {
    mailId: '01930000-0000-7000-8000-000000000003',
    raw: text('\0\0\0 another one, in a frame with the empty'),
  },
];
const dictionary = { bytes: text('From: a\r\n\r\nhello hello'), carry: true };
const pack = buildPack(mails, { name, frameBytes: 50, dictionary });

async function storeOf(bytes: Uint8Array) {
  const store = createMemoryPackStore();
  await store.put(name, bytes);
  return store;
}

/** Reads the three mails and says for how many the right bytes came; fails for wrong ones. */
async function readAll(bytes: Uint8Array): Promise<number> {
  const store = await storeOf(bytes);
  let right = 0;
  for (const [place, location] of pack.locations.entries()) {
    const read = await readMail(store, location);
    if (read.ok) expect(read.value).toEqual(mails[place]!.raw);
    else expect(read.error).toBe('damaged');
    right += read.ok ? 1 : 0;
  }
  return right;
}

describe('damage', () => {
  it('of any one byte is found by verifyPack and never reaches a mail', async () => {
    expect(await readAll(pack.bytes)).toBe(3);
    for (let at = 0; at < pack.bytes.length; at++) {
      for (const mask of [0x01, 0x80, 0xff]) {
        const altered = pack.bytes.slice();
        altered[at]! ^= mask;
        await readAll(altered);
        expect((await verifyPack(await storeOf(altered), name)).status, `byte ${at}`).toBe('damaged');
      }
    }
  });

  it('of one frame leaves the mails of the others readable', async () => {
    const altered = pack.bytes.slice();
    altered[magic.length + dictionary.bytes.length + 6]! ^= 0xff;
    expect(await readAll(altered)).toBe(1);
    const report = await verifyPack(await storeOf(altered), name);
    expect(report).toMatchObject({ soundMails: 1, damagedMails: [mails[0]!.mailId, mails[1]!.mailId] });
  });

  it('by cutting off or adding bytes is found', async () => {
    for (let length = 0; length < pack.bytes.length; length++) {
      expect(await readAll(pack.bytes.slice(0, length))).toBe(0);
    }
    expect(await readAll(concatBytes([pack.bytes, text('\n')]))).toBe(0);
    expect(await readAll(concatBytes([text('\n'), pack.bytes]))).toBe(0);
  });

  it('by random bytes at random places never crashes a reader', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(pack.bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 20 }),
        async (changes) => {
          const altered = pack.bytes.slice();
          for (const [at, byte] of changes) altered[at] = byte;
          await readAll(altered);
        },
      ),
    );
  });
});

describe('a forged pack', () => {
  const header = fc.record({
    codec: fc.nat(15),
    encoding: fc.nat(15),
    dictionary: fc.oneof(fc.nat(2), fc.nat()),
    packedLength: fc.oneof(fc.nat(64), fc.nat(2 ** 48)),
    packedChecksum: fc.nat(),
    unpackedLength: fc.oneof(fc.nat(64), fc.nat(2 ** 48)),
    sectionLength: fc.oneof(fc.nat(64), fc.nat(2 ** 48)),
    sectionChecksum: fc.nat(),
  });

  it('with any lengths under right checksums is damaged, without a crash', async () => {
    const body = fc.uint8Array({ maxLength: 200 });
    await fc.assert(
      fc.asyncProperty(fc.array(header, { maxLength: 5 }), body, fc.nat(300), async (frames, rest, table) => {
        await expectDamaged(forge(frames, rest, table));
      }),
    );
  });

  it('with any directory under a right checksum is damaged, without a crash', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 100 }), async (directory) => {
        fc.pre(directory[0] !== 0 || directory.length > 1);
        await expectDamaged(seal(magic, directory, 0));
      }),
    );
  });

  it('whose frame unpacks to more than it says is damaged, and is not unpacked further', async () => {
    const bomb = compress(new Uint8Array(maxFrameBytes), 3);
    const section = encodeSection(
      [{ mailId: mails[0]!.mailId, stored: { start: 0, length: 100 }, length: 100, sha256: sha256('x') }],
      0,
    );
    const frame = {
      codec: 1,
      encoding: 0,
      dictionary: 0,
      packedLength: bomb.length,
      packedChecksum: crc32(bomb),
      unpackedLength: 100,
      sectionLength: section.length,
      sectionChecksum: crc32(section),
    };
    const store = await storeOf(forge([frame], concatBytes([bomb, section]), section.length));
    const location = { pack: name, frame: 0, offset: 0, length: 100 };
    expect(await readMail(store, location)).toEqual({ ok: false, error: 'damaged' });
    expect((await verifyPack(store, name)).damagedMails).toEqual([mails[0]!.mailId]);
  });

  it('whose frame says more than the limit is damaged before anything is read of it', async () => {
    const frame = { ...pretendedFrame, unpackedLength: maxFrameBytes + 1 };
    await expectDamaged(forge([frame], new Uint8Array(0), 0));
  });

  const pretendedFrame: FrameHeader = {
    codec: 1,
    encoding: 0,
    dictionary: 0,
    packedLength: 0,
    packedChecksum: 0,
    unpackedLength: 0,
    sectionLength: 0,
    sectionChecksum: 0,
  };

  const forge = (frames: readonly FrameHeader[], rest: Uint8Array, mailTableLength: number): Uint8Array =>
    seal(concatBytes([magic, rest]), encodeDirectory({ dictionaries: [], frames }), mailTableLength);

  const seal = (front: Uint8Array, directory: Uint8Array, mailTableLength: number): Uint8Array =>
    concatBytes([
      front,
      directory,
      encodeTrailer({
        mailTableLength,
        directoryLength: directory.length,
        directoryChecksum: crc32(directory),
      }),
    ]);

  async function expectDamaged(bytes: Uint8Array): Promise<void> {
    const store = await storeOf(bytes);
    const index = await readPackIndex(bytes.length, async (start, length) =>
      store.getRange(name, start, length),
    );
    const read = await readPack(store, name);
    if (!read.ok) expect(index).toEqual({ ok: false, error: 'damaged' });
    for await (const { mails: found } of read.ok ? read.value : []) {
      expect(found.ok ? found.value.filter(({ raw }) => raw.ok) : []).toEqual([]);
    }
  }
});

it('an integer that is too long or not in its shortest form is no integer', () => {
  for (const bytes of [[0x80], [0x80, 0x00], [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01]]) {
    const reader = createByteReader(Uint8Array.from(bytes));
    expect(reader.varint()).toBe(0);
    expect(reader.failed).toBe(true);
  }
});
