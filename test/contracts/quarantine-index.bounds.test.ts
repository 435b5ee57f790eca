/** What the SQLite index does where there is much: facets of the newest mails only, and typos forgiven in bounded time. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { operatorScope } from '@sluice/core/kernel/tenant-scope.ts';
import type { QuarantineIndex } from '@sluice/core/ports/quarantine-index.ts';
import { openQuarantineIndexes } from '@sluice/sqlite-fts5';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { document } from './quarantine-index.documents.ts';

const mails = 6_000;
let folder: string;
let reader: QuarantineIndex;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-quarantine-'));
  const indexes = openQuarantineIndexes(folder);
  const writer = await indexes.openWriter();
  const upsert = Array.from({ length: mails }, (_, n) =>
    document(n, {
      reason: n < 1_500 ? 'virus' : 'spf-fail',
      body: `word${n} invoice`,
      checks: ['spf', 'dkim'],
    }),
  );
  await writer.write({ upsert, remove: [], checkpoint: '1' });
  await writer.close();
  reader = await indexes.openReader();
});
afterAll(async () => {
  await reader.close();
  await rm(folder, { recursive: true });
});

it('counts the newest five thousand, and says so', async () => {
  expect(await reader.facets(operatorScope(), {})).toEqual({
    reasons: [
      { value: 'spf-fail', count: 4_500 },
      { value: 'virus', count: 500 },
    ],
    checks: [
      { value: 'dkim', count: 5_000 },
      { value: 'spf', count: 5_000 },
    ],
    isComplete: false,
  });
  expect((await reader.facets(operatorScope(), { reason: 'spf-fail' })).isComplete).toBe(true);
});

it('looks for typos in many long words no longer than it takes to type one', async () => {
  const text = Array.from({ length: 24 }, (_, n) => `wordlessnesses${n}`).join(' ');
  const began = performance.now();
  expect((await reader.search(operatorScope(), { text })).items).toEqual([]);
  expect(performance.now() - began).toBeLessThan(1_500);
  expect(await reader.count(operatorScope(), { text: 'invoise ' }, mails)).toBe(mails);
});
