/** The newest rows of several buckets are those of all of them, and no bucket is asked in vain. */
import { expect, it } from 'vitest';
import { newestOf } from './newest-of.ts';

const bucketsOf = (...rows: readonly number[][]) =>
  rows
    .map((held, id) => ({ id, maxRow: Math.max(...held), held: held.toSorted((a, b) => b - a) }))
    .toSorted((a, b) => b.maxRow - a.maxRow);

function ask(buckets: ReturnType<typeof bucketsOf>, limit: number, fromRow = 0) {
  const asked: number[] = [];
  const rows = newestOf(buckets, { limit, fromRow }, ({ id }, most, from) => {
    asked.push(id);
    const held = buckets.find((one) => one.id === id)?.held ?? [];
    return held
      .filter((row) => row >= from)
      .slice(0, most)
      .map((row) => ({ row }));
  });
  return { asked, rows: rows.map(({ row }) => row) };
}

it('are the newest of all, however the buckets lie over each other', () => {
  for (let seed = 1; seed < 200; seed += 1) {
    const rows = Array.from({ length: 60 }, (_, n) => (n * seed * 7919) % 10_007);
    const all = [...new Set(rows)].toSorted((a, b) => b - a);
    const buckets = bucketsOf(
      ...[0, 1, 2, 3].map((n) => all.filter((row) => (row * seed) % 4 === n)).filter((one) => one.length > 0),
    );
    const limit = (seed % 30) + 1;
    expect(ask(buckets, limit).rows).toEqual(all.slice(0, limit));
    const from = all[seed % all.length] ?? 0;
    expect(ask(buckets, limit, from).rows).toEqual(all.filter((row) => row >= from).slice(0, limit));
  }
});

it('are looked for only where they can be', () => {
  const buckets = bucketsOf([1, 2, 3], [4, 5, 6], [7, 8, 9]);
  expect(ask(buckets, 2)).toEqual({ asked: [2], rows: [9, 8] });
  expect(ask(buckets, 4)).toEqual({ asked: [2, 1], rows: [9, 8, 7, 6] });
  expect(ask(buckets, 50, 5)).toEqual({ asked: [2, 1], rows: [9, 8, 7, 6, 5] });
});

it('of a mail that came late are found in the bucket in which it is', () => {
  expect(ask(bucketsOf([1, 2, 30], [4, 5, 31, 3]), 4)).toEqual({ asked: [1, 0], rows: [31, 30, 5, 4] });
});
