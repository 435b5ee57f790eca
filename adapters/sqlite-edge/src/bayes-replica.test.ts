/** The counts at an edge: what is fed is there, in memory and after a new start, whatever is in memory at the time. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BayesFeed } from '@sluice/core/handover/bayes-feed.ts';
import { openBayesReplica } from './bayes-replica.ts';
import { createCountTable } from './count-table.ts';

let folder: string;
let number = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-bayes-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const newFile = (): string => join(folder, `${(number += 1)}.db`);

const feedOf = (domainId: string, triples: readonly number[], some: Partial<BayesFeed> = {}): BayesFeed => ({
  tokenizer: 1,
  models: [{ domainId, spam: 3, ham: 5, version: '7' }],
  counts: [{ domainId, triples }],
  next: '7',
  more: false,
  ...some,
});

test('A table of counts answers as a map does, whatever is put in and taken out', () => {
  const table = createCountTable(0);
  const map = new Map<number, readonly [number, number]>();
  // Numbers that look random and are the same in every run.
  let state = 1;
  const next = (below: number): number => {
    state = (state * 48_271) % 0x7fff_ffff;
    return state % below;
  };
  for (let at = 0; at < 20_000; at++) {
    const token = next(6_000) * 0x1_0001;
    const counts = [next(3), next(3)] as const;
    table.set(token, ...counts);
    map.set(token, counts);
  }
  for (const [token, counts] of map) expect([table.spamOf(token), table.hamOf(token)]).toEqual(counts);
  expect(table.spamOf(5)).toBe(0);
});

test('A domain that nobody taught has no model, and a token that was not taught counts nothing', () => {
  const models = openBayesReplica({ file: newFile() });
  models.apply(feedOf('a', [10, 1, 2]));
  expect(models.modelOf('b')).toBeUndefined();
  expect(models.modelOf('a')?.spamWith(11)).toBe(0);
  models.close();
});

test('What was fed is there after a new start, and the last count of a token stands', () => {
  const file = newFile();
  const first = openBayesReplica({ file });
  first.apply(feedOf('a', [10, 1, 2, 12, 3, 0]));
  first.apply(feedOf('a', [10, 0, 4, 12, 0, 0]));
  first.close();
  const again = openBayesReplica({ file });
  const model = again.modelOf('a')!;
  expect(again.position()).toBe('7');
  expect(model).toMatchObject({ spam: 3, ham: 5, version: '7' });
  expect([model.spamWith(10), model.hamWith(10), model.spamWith(12)]).toEqual([0, 4, 0]);
  again.close();
});

test('A model that is in memory follows the feed', () => {
  const models = openBayesReplica({ file: newFile() });
  models.apply(feedOf('a', [10, 1, 2]));
  expect(models.modelOf('a')?.spamWith(10)).toBe(1);
  models.apply(feedOf('a', [10, 9, 2], { models: [{ domainId: 'a', spam: 11, ham: 5, version: '8' }] }));
  expect(models.modelOf('a')).toMatchObject({ spam: 11, version: '8' });
  expect(models.modelOf('a')?.spamWith(10)).toBe(9);
  models.close();
});

test('Counts of another tokenizer replace all that was there', () => {
  const models = openBayesReplica({ file: newFile() });
  models.apply(feedOf('a', [10, 1, 2]));
  models.apply(feedOf('b', [10, 1, 2], { tokenizer: 2 }));
  expect(models.modelOf('a')).toBeUndefined();
  expect(models.modelOf('b')?.hamWith(10)).toBe(2);
  models.close();
});

test('Where memory is short, models are read again from the file when their mail comes', () => {
  const models = openBayesReplica({ file: newFile(), maxCounts: 3 });
  for (const domainId of ['a', 'b', 'c']) models.apply(feedOf(domainId, [10, 1, 2, 12, 5, 6]));
  for (const domainId of ['a', 'b', 'c', 'a']) expect(models.modelOf(domainId)?.hamWith(12)).toBe(6);
  models.close();
});
