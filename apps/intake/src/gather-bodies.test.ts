/** Bodies of several batches share packs, and nobody is told of a place before it is durable. */
import { describe, expect, it } from 'vitest';
import { createMemoryPackStore } from '@sluice/core/archive/memory-pack-store.ts';
import { readMail } from '@sluice/core/archive/read-pack.ts';
import type { PackStore } from '@sluice/core/ports/pack-store.ts';
import { gatherBodies } from './gather-bodies.ts';

const mail = (number: number) => ({
  mailId: `01930000-0000-7000-8000-${String(number).padStart(12, '0')}`,
  raw: Buffer.from(`mail number ${number}`),
});

function gather(packs: PackStore) {
  let number = 0;
  return gatherBodies({ packs, newName: () => `pack-${(number += 1)}` });
}

describe('gathering bodies', () => {
  it('gives each mail the place where it lies', async () => {
    const packs = createMemoryPackStore();
    const bodies = gather(packs);
    const groups = [[mail(1)], [mail(2), mail(3)], [mail(4)]];
    const places = await Promise.all(groups.map((group) => bodies.keep(group)));
    expect(places.map((list) => list.length)).toEqual([1, 2, 1]);
    for (const [index, place] of places.flat().entries()) {
      const raw = await readMail(packs, place);
      expect(raw.ok && Buffer.from(raw.value).toString()).toBe(`mail number ${index + 1}`);
    }
  });

  it('puts what comes together into one pack', async () => {
    const bodies = gather(createMemoryPackStore());
    await Promise.all([bodies.keep([mail(1)]), bodies.keep([mail(2)])]);
    const places = await Promise.all([3, 4, 5, 6].map((number) => bodies.keep([mail(number)])));
    expect(new Set(places.flat().map(({ pack }) => pack)).size).toBe(1);
  });

  it('does not wait where enough has come', async () => {
    const bodies = gather(createMemoryPackStore());
    const began = performance.now();
    await bodies.keep(Array.from({ length: 200 }, (_, index) => mail(index)));
    expect(performance.now() - began).toBeLessThan(500);
  });

  it('tells everybody whose mail is in a pack that could not be stored', async () => {
    const packs: PackStore = {
      ...createMemoryPackStore(),
      put: () => Promise.reject(new Error('disk full')),
    };
    const bodies = gather(packs);
    const results = await Promise.allSettled([1, 2, 3, 4].map((number) => bodies.keep([mail(number)])));
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected', 'rejected']);
  });

  it('stores what waits when it is closed', async () => {
    const bodies = gather(createMemoryPackStore());
    await Promise.all([bodies.keep([mail(1)]), bodies.keep([mail(2)])]);
    const kept = bodies.keep([mail(3)]);
    await bodies.close();
    expect(await kept).toHaveLength(1);
  });
});
