/** The projection of the quarantine into Meilisearch, over its protocol: followed, rebuilt and swapped, and gone on with. */
import { operatorScope } from '@sluice/core/kernel/tenant-scope.ts';
import { openMeilisearchIndexes } from '@sluice/meilisearch';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Centre, createEdge, makeDomain, startCentre } from './intake.harness.ts';
import { directIntake, type ReadSide, startReadSide } from './projections.harness.ts';
import { eventually } from './support/eventually.ts';
import { type MeilisearchDouble, startMeilisearchDouble } from './support/meilisearch/server.ts';
import { usePostgres } from './support/postgres.ts';

const server = usePostgres();
const key = 'a key';
let centre: Centre;
let double: MeilisearchDouble;
let readSide: ReadSide;

beforeAll(async () => {
  centre = await startCentre(server.url);
  double = await startMeilisearchDouble(key);
  readSide = await startReadSide(centre, openMeilisearchIndexes({ url: double.url, key }));
});
afterAll(async () => {
  await readSide?.close();
  await double?.close();
  await centre?.close();
});

it('follows the events, again after a task failed, and after a rebuild', async () => {
  const take = directIntake(centre);
  const edge = createEdge(centre, 'mx1');
  const domain = await makeDomain(centre, 'searched.example');
  const reader = await readSide.indexes.openReader();
  const found = async (text: string): Promise<number> =>
    (await reader.search(operatorScope(), { text })).items.length;

  await take({ edge: 'mx1', items: [await edge.decide(domain, { text: 'A word like zanzibar is rare.' })] });
  await eventually('found', async () => (await found('zanzibar')) === 1);
  await readSide.projections.rebuild('quarantine');
  expect(double.asked).toContain('POST /swap-indexes');
  expect(double.indexNames()).toEqual(['sluice-quarantine']);
  expect(await found('zanzibar')).toBe(1);

  double.failNext('documentAdditionOrUpdate', 'io_error');
  await take({ edge: 'mx1', items: [await edge.decide(domain, { text: 'Another one is kilimanjaro.' })] });
  await eventually('found again', async () => (await found('kilimanjaro')) === 1);
  expect(await found('zanzibar')).toBe(1);
});
