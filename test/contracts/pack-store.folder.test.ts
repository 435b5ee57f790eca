/** The PackStore contract on a folder, and what only a folder has to promise. */
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPackFolder } from '@sluice/pack-folder';
import { packStoreContract } from './pack-store.contract.ts';

packStoreContract('folder', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-packs-'));
  const store = openPackFolder(folder);
  const other = openPackFolder(folder);
  return {
    store,
    other,
    async dispose() {
      await Promise.all([store.close(), other.close()]);
      await rm(folder, { recursive: true });
    },
  };
});

describe('pack folder', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-packs-'));
  });
  afterEach(async () => rm(folder, { recursive: true }));

  const openDescriptors = async (): Promise<number> => (await readdir('/proc/self/fd')).length;

  it('spreads packs over folders by the beginning of their names', async () => {
    const store = openPackFolder(folder);
    await store.put('packs/0193a1b2-c3d4', new Uint8Array(1));
    await store.put('packs/0193a1b2-c3d5', new Uint8Array(1));
    await store.put('packs/0194a1b2-c3d5', new Uint8Array(1));
    expect((await readdir(join(folder, 'packs'))).toSorted()).toEqual(['_0193a1', '_0194a1']);
    await store.delete('packs/0194a1b2-c3d5');
    expect(await readdir(join(folder, 'packs'))).toEqual(['_0193a1']);
    await store.close();
  });

  it('removes what a dead writer left behind, and not what another one is writing', async () => {
    await openPackFolder(folder).close();
    const [left, young] = [join(folder, '.tmp', 'left'), join(folder, '.tmp', 'young')];
    await writeFile(left, 'half a pack');
    await writeFile(young, 'half a pack');
    const twoHoursAgo = new Date(Date.now() - 2 * 60 * 60 * 1000);
    await utimes(left, twoHoursAgo, twoHoursAgo);
    const store = openPackFolder(folder);
    expect(await readdir(join(folder, '.tmp'))).toEqual(['young']);
    expect(await Array.fromAsync(store.list())).toEqual([]);
    await store.close();
  });

  it('leaves nothing behind when a pack cannot be put', async () => {
    const store = openPackFolder(folder);
    await writeFile(join(folder, 'packs'), 'a file where a folder should be');
    await expect(store.put('packs/a', new Uint8Array(1))).rejects.toThrow();
    expect(await readdir(join(folder, '.tmp'))).toEqual([]);
    await store.close();
  });

  it('holds few files open, and none after it was closed', async () => {
    const before = await openDescriptors();
    const store = openPackFolder(folder);
    const names = Array.from({ length: 150 }, (_, n) => `packs/0193-${n}`);
    for (const name of names) await store.put(name, Buffer.from(name));
    const read = await Promise.all(
      [...names, ...names].map((name) =>
        store.getRange(name, 0, name.length).then((b) => String(Buffer.from(b!))),
      ),
    );
    expect(read).toEqual([...names, ...names]);
    expect(await openDescriptors()).toBeLessThanOrEqual(before + 40);
    await store.close();
    expect(await openDescriptors()).toBeLessThanOrEqual(before + 2);
    expect(await store.getRange('packs/0193-7', 0, 5)).toHaveLength(5);
    expect(await openDescriptors()).toBeLessThanOrEqual(before + 2);
  });
});
