/** What every PackStore promises: packs are whole or absent, read by range, listed in order, and names stay names. */
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { buildPack } from '@sluice/core/archive/build-pack.ts';
import { readMail } from '@sluice/core/archive/read-pack.ts';
import { verifyPack } from '@sluice/core/archive/verify-pack.ts';
import type { PackStore } from '@sluice/core/ports/pack-store.ts';

export interface StoreUnderTest {
  readonly store: PackStore;
  /** The same packs through another instance, as another process has them. */
  readonly other: PackStore;
  /** Ends it and removes what it kept. */
  dispose(): Promise<void>;
}

const bytes = (text: string): Uint8Array => new Uint8Array(Buffer.from(text));

async function namesOf(store: PackStore, prefix?: string): Promise<string[]> {
  return (await Array.fromAsync(store.list(prefix))).map(({ name }) => name);
}

export function packStoreContract(title: string, create: () => Promise<StoreUnderTest>): void {
  describe(`pack store: ${title}`, () => {
    let under: StoreUnderTest;
    beforeEach(async () => {
      under = await create();
    });
    afterEach(async () => under.dispose());

    it('gives any range of what was put, through every instance', async () => {
      const { store, other } = under;
      const content = fc.uint8Array({ maxLength: 3000 });
      await fc.assert(
        fc.asyncProperty(content, fc.nat(), fc.nat(), async (pack, a, b) => {
          await store.put('packs/any', pack);
          const start = a % (pack.length + 1);
          const length = b % (pack.length - start + 1);
          const expected = new Uint8Array(pack.subarray(start, start + length));
          expect(new Uint8Array((await store.getRange('packs/any', start, length))!)).toEqual(expected);
          expect(await other.size('packs/any')).toBe(pack.length);
        }),
        { numRuns: 25 },
      );
    });

    it('has nothing under a name that was never put', async () => {
      const { store } = under;
      expect(await store.getRange('packs/none', 0, 1)).toBeUndefined();
      expect(await store.size('packs/none')).toBeUndefined();
      await store.delete('packs/none');
      expect(await namesOf(store)).toEqual([]);
    });

    it('refuses a range that lies outside, however large', async () => {
      const { store } = under;
      await store.put('packs/a', bytes('0123456789'));
      for (const [start, length] of [
        [0, 11],
        [10, 1],
        [-1, 2],
        [0, -1],
        [2 ** 40, 1],
        [0, 2 ** 50],
      ] as const) {
        await expect(store.getRange('packs/a', start, length), `${start}+${length}`).rejects.toThrow();
      }
      expect(await store.getRange('packs/a', 10, 0)).toHaveLength(0);
    });

    it('replaces a pack whole', async () => {
      const { store } = under;
      await store.put('packs/a', bytes('the first content, which is longer'));
      expect(await store.getRange('packs/a', 0, 3)).toEqual(bytes('the'));
      await store.put('packs/a', bytes('second'));
      expect(await store.size('packs/a')).toBe(6);
      expect(await store.getRange('packs/a', 0, 6)).toEqual(bytes('second'));
    });

    it('shows one of two contents put at once, never a mixture', async () => {
      const { store, other } = under;
      const contents = Array.from({ length: 8 }, (_, n) => new Uint8Array(20_000 + n).fill(n));
      await Promise.all(contents.map((pack, n) => (n % 2 ? store : other).put('packs/a', pack)));
      const size = (await store.size('packs/a'))!;
      const kept = (await under.other.getRange('packs/a', 0, size))!;
      expect(new Set(kept).size).toBe(1);
      expect(size).toBe(20_000 + kept[0]!);
      expect(await namesOf(store)).toEqual(['packs/a']);
    });

    it('forgets a pack that was deleted', async () => {
      const { store } = under;
      await store.put('packs/a', bytes('abc'));
      await store.put('packs/ab', bytes('abc'));
      expect(await store.getRange('packs/a', 0, 3)).toEqual(bytes('abc'));
      await store.delete('packs/a');
      expect(await store.getRange('packs/a', 0, 3)).toBeUndefined();
      expect(await store.size('packs/a')).toBeUndefined();
      expect(await namesOf(store)).toEqual(['packs/ab']);
    });

    it('lists names in code-unit order with their sizes, all or by prefix', async () => {
      const { store } = under;
      const names = [
        'a',
        'a-b',
        'a.b',
        'a/b',
        'a/b/c',
        'a0',
        'packs/0193a1-x',
        'packs/0193a1b/y',
        'packs/0193a1c',
        'packs/0193b2',
        'packs/0193b2/0',
        'Z',
      ];
      for (const name of names) await store.put(name, bytes(name));
      expect(await Array.fromAsync(store.list())).toEqual(
        names.toSorted().map((name) => ({ name, size: name.length })),
      );
      for (const prefix of [
        'a',
        'a/',
        'a/b',
        'packs/',
        'packs/0193a1',
        'packs/0193b2',
        'q',
        'packs/0193b2/01',
      ]) {
        const expected = names.filter((name) => name.startsWith(prefix)).toSorted();
        expect(await namesOf(store, prefix), prefix).toEqual(expected);
      }
    });

    it('keeps many packs put at once, and deleting at the same time disturbs none of them', async () => {
      const { store, other } = under;
      const names = Array.from({ length: 60 }, (_, n) => `packs/0193a${n % 3}${'0'.repeat(3)}-${n}`);
      await Promise.all(names.map((name) => store.put(name, bytes(name))));
      await Promise.all([
        ...names.slice(0, 30).map((name) => other.delete(name)),
        ...names.slice(0, 30).map((name) => store.put(`${name}-next`, bytes(name))),
      ]);
      const expected = [...names.slice(30), ...names.slice(0, 30).map((name) => `${name}-next`)];
      expect(await namesOf(store)).toEqual(expected.toSorted());
    });

    it('takes no name that could leave its place', async () => {
      const { store } = under;
      const bad = [
        '',
        '.',
        '..',
        '../a',
        'a/../b',
        '/a',
        'a/',
        'a//b',
        './a',
        '.tmp/a',
        'a/.b',
        'a\0b',
        'a\\b',
      ];
      for (const name of [...bad, 'a b', 'ä', 'a\n', 'x'.repeat(2000)]) {
        await expect(store.put(name, bytes('x')), name).rejects.toThrow(TypeError);
        await expect(store.getRange(name, 0, 1), name).rejects.toThrow(TypeError);
        await expect(store.size(name), name).rejects.toThrow(TypeError);
        await expect(store.delete(name), name).rejects.toThrow(TypeError);
      }
      expect(await namesOf(store)).toEqual([]);
    });

    it('holds packs that the archive reads its mails from', async () => {
      const mails = Array.from({ length: 200 }, (_, n) => ({
        mailId: `01930000-0000-7000-8000-${String(n).padStart(12, '0')}`,
        raw: new Uint8Array(Buffer.from(`Subject: mail ${n}\r\n\r\n${'words of mail '.repeat(n)}`)),
      }));
      const { bytes: pack, locations } = buildPack(mails, { name: 'packs/0193-mails' });
      await under.store.put('packs/0193-mails', pack);
      expect(await readMail(under.other, locations[123]!)).toEqual({ ok: true, value: mails[123]!.raw });
      expect(await verifyPack(under.other, 'packs/0193-mails')).toMatchObject({
        status: 'sound',
        soundMails: 200,
      });
    });
  });
}
