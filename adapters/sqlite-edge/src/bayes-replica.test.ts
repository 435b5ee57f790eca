/** The counts at an edge: what is fed is there, after a new start too, whatever the cache holds, and nobody waits long for it. */
import { mkdtempSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { BayesFeed } from '@sluice/core/handover/bayes-feed.ts';
import type { BayesModels } from '@sluice/core/ports/bayes-models.ts';
import { openBayesReplica } from './bayes-replica.ts';
import { createCountCache } from './count-cache.ts';

let folder: string;
let number = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sluice-bayes-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const newFile = (): string => join(folder, `${(number += 1)}.db`);

const feedOf = (modelId: string, triples: readonly number[], some: Partial<BayesFeed> = {}): BayesFeed => ({
  tokenizer: 1,
  models: [{ modelId, spam: 3, ham: 5, version: '7' }],
  counts: [{ modelId, triples }],
  next: '7',
  more: false,
  ...some,
});

/** Spam and ham of the tokens; undefined where there is no model. */
async function read(models: BayesModels, modelId: string, ...tokens: readonly number[]) {
  const model = await models.read(modelId, tokens);
  return model && tokens.map((_, at) => [model.spams[at], model.hams[at]]);
}

/** Numbers that look random and are the same in every run. */
function createNumbers(): (below: number) => number {
  let state = 1;
  return (below) => {
    state = (state * 48_271) % 0x7fff_ffff;
    return state % below;
  };
}

test('A cache of counts answers what was put last or nothing at all, and never outgrows its size', () => {
  const cache = createCountCache(1_024);
  const map = new Map<string, readonly [number, number]>();
  const next = createNumbers();
  for (let at = 0; at < 20_000; at++) {
    const [model, token] = [1 + next(3), next(6_000) * 0x1_0001];
    const [spam, ham] = [next(3), next(3)];
    cache.put(model, token, { spam, ham });
    map.set(`${model} ${token}`, [spam, ham]);
  }
  let found = 0;
  for (const [key, counts] of map) {
    const [model = 0, token = 0] = key.split(' ').map(Number);
    const place = cache.find(model, token);
    if (place < 0) continue;
    found += 1;
    expect([cache.spamAt(place), cache.hamAt(place)]).toEqual(counts);
  }
  expect(found).toBeGreaterThan(900);
  expect(found).toBeLessThanOrEqual(1_024);
  cache.clear();
  expect(cache.find(1, 0)).toBe(-1);
});

test('A model that nobody taught is unknown, and a token that was not taught counts nothing', async () => {
  const models = openBayesReplica({ file: newFile() });
  await models.apply(feedOf('a', [10, 1, 2]));
  expect([models.knows('a'), models.knows('b')]).toEqual([true, false]);
  expect(await read(models, 'b', 10)).toBeUndefined();
  expect(await read(models, 'a', 11)).toEqual([[0, 0]]);
  models.close();
});

test('What was fed is there after a new start, and the last count of a token stands', async () => {
  const file = newFile();
  const first = openBayesReplica({ file });
  await first.apply(feedOf('a', [10, 1, 2, 12, 3, 0]));
  await first.apply(feedOf('a', [10, 0, 4, 12, 0, 0]));
  first.close();
  const again = openBayesReplica({ file });
  expect(again.position()).toBe('7');
  expect(await again.read('a', [])).toMatchObject({ spam: 3, ham: 5, version: '7' });
  expect(await read(again, 'a', 10, 12)).toEqual([
    [0, 4],
    [0, 0],
  ]);
  again.close();
});

test('Counts that are in the cache follow the feed, and so do those that were asked for before they came', async () => {
  const models = openBayesReplica({ file: newFile() });
  await models.apply(feedOf('a', [10, 1, 2]));
  expect(await read(models, 'a', 10, 12)).toEqual([
    [1, 2],
    [0, 0],
  ]);
  const models8 = [{ modelId: 'a', spam: 11, ham: 5, version: '8' }];
  await models.apply(feedOf('a', [10, 9, 2, 12, 1, 0], { models: models8 }));
  expect(await models.read('a', [])).toMatchObject({ spam: 11, version: '8' });
  expect(await read(models, 'a', 10, 12)).toEqual([
    [9, 2],
    [1, 0],
  ]);
  models.close();
});

test('Counts of another tokenizer replace all that was there', async () => {
  const models = openBayesReplica({ file: newFile() });
  await models.apply(feedOf('a', [10, 1, 2]));
  expect(await read(models, 'a', 10)).toEqual([[1, 2]]);
  await models.apply(feedOf('b', [10, 7, 8], { tokenizer: 2 }));
  expect(models.knows('a')).toBe(false);
  expect(await read(models, 'b', 10)).toEqual([[7, 8]]);
  models.close();
});

test('Where the cache is small, counts come from the file', async () => {
  const models = openBayesReplica({ file: newFile(), cached: 4 });
  const tokens = Array.from({ length: 50 }, (_, at) => at * 2);
  for (const modelId of ['a', 'b']) {
    await models.apply(
      feedOf(
        modelId,
        tokens.flatMap((token) => [token, token + 1, 1]),
      ),
    );
  }
  const want = tokens.map((token) => [token + 1, 1]);
  for (const modelId of ['a', 'b', 'a']) expect(await read(models, modelId, ...tokens)).toEqual(want);
  models.close();
});

test('A full model drops what was seen once, the oldest first, and goes on answering right', async () => {
  const models = openBayesReplica({ file: newFile(), maxCounts: 100 });
  const feed = (from: number, mails: number) =>
    models.apply(feedOf('a', Array.from({ length: 50 }, (_, at) => [from + at, mails, 0]).flat()));
  await feed(0, 1);
  expect(await read(models, 'a', 0)).toEqual([[1, 0]]);
  await feed(1_000, 2);
  await feed(2_000, 1);
  // Sixty go: fifty of the first feed, ten of the last.
  const first = await read(models, 'a', ...Array.from({ length: 50 }, (_, at) => at));
  const second = await read(models, 'a', ...Array.from({ length: 50 }, (_, at) => 1_000 + at));
  const last = await read(models, 'a', ...Array.from({ length: 50 }, (_, at) => 2_000 + at));
  const known = (some: typeof first) => some?.filter(([spam = 0]) => spam > 0).length;
  expect([known(first), known(second), known(last)]).toEqual([0, 50, 40]);
  models.close();
});

test('While many counts are stored or read, others have their turn', async () => {
  const models = openBayesReplica({ file: newFile() });
  const next = createNumbers();
  const tokens = Array.from({ length: 20_000 }, () => next(2 ** 30));
  let turns = 0;
  let isOver = false;
  const tick = (): void => {
    turns += 1;
    if (!isOver) setImmediate(tick);
  };
  setImmediate(tick);
  await models.apply(
    feedOf(
      'a',
      tokens.flatMap((token) => [token, 1, 1]),
    ),
  );
  expect(turns).toBeGreaterThanOrEqual(19);
  turns = 0;
  await models.read('a', tokens);
  isOver = true;
  expect(turns).toBeGreaterThanOrEqual(19);
  models.close();
});

test('A file of the first version is begun anew', async () => {
  const file = newFile();
  const before = new DatabaseSync(file);
  before.exec(`CREATE TABLE counts (x); CREATE TABLE models (x); CREATE TABLE feed (x);
    PRAGMA application_id = ${0x53_4c_62_61}; PRAGMA user_version = 1;`);
  before.close();
  const models = openBayesReplica({ file });
  expect(models.position()).toBeUndefined();
  await models.apply(feedOf('a', [10, 1, 2]));
  expect(await read(models, 'a', 10)).toEqual([[1, 2]]);
  models.close();
});
