/** The Meilisearch adapter over its protocol: the contract on a server with the documented answers, and every way to fail. */
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { operatorScope } from '@sluice/core/kernel/tenant-scope.ts';
import { IndexReplaced, openMeilisearchIndexes, SearchRefused, SearchUnavailable } from '@sluice/meilisearch';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { quarantineIndexContract } from './quarantine-index.contract.ts';
import { document } from './quarantine-index.documents.ts';
import { eventually } from './support/eventually.ts';
import { freePort } from './support/free-port.ts';
import { type MeilisearchDouble, startMeilisearchDouble } from './support/meilisearch/server.ts';

const key = 'a key';

quarantineIndexContract('Meilisearch’s protocol', async () => {
  const double = await startMeilisearchDouble(key);
  return { indexes: openMeilisearchIndexes({ url: double.url, key }), dispose: () => double.close() };
});

describe('a Meilisearch server that', () => {
  let double: MeilisearchDouble;
  beforeEach(async () => {
    double = await startMeilisearchDouble(key);
  });
  afterEach(() => double.close());

  const open = (options: { key?: string; taskMs?: number } = {}) =>
    openMeilisearchIndexes({ url: double.url, key, ...options });
  const change = { upsert: [document(1)], remove: [], checkpoint: '1' };
  const failureOf = async (work: Promise<unknown>): Promise<Error> => {
    const error: unknown = await work.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    if (!(error instanceof Error)) throw new Error('it did not fail');
    return error;
  };

  it('cannot be reached is unavailable, and the sentence says where and why', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const reader = await openMeilisearchIndexes({ url, key }).openReader();
    const error = await failureOf(reader.search(operatorScope(), {}));
    expect(error).toBeInstanceOf(SearchUnavailable);
    expect(error.message).toMatch(/^Meilisearch at 127\.0\.0\.1:\d+ cannot be reached \(ECONNREFUSED\)$/);
  });

  it('does not answer is unavailable after the deadline', async () => {
    const silent = createServer(() => undefined);
    await once(silent.listen(0, '127.0.0.1'), 'listening');
    const url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
    const reader = await openMeilisearchIndexes({ url, key, answerMs: 50 }).openReader();
    const error = await failureOf(reader.checkpoint());
    silent.closeAllConnections();
    silent.close();
    expect(error).toBeInstanceOf(SearchUnavailable);
    expect(error.message).toContain('did not answer within 0.05 s');
  });

  it('is something else is unavailable', async () => {
    const other = createServer((_, response) => response.end('<html>'));
    await once(other.listen(0, '127.0.0.1'), 'listening');
    const url = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    const error = await failureOf((await openMeilisearchIndexes({ url }).openReader()).checkpoint());
    other.closeAllConnections();
    other.close();
    expect(error.message).toContain('is not Meilisearch');
  });

  it('refuses the key says which setting is meant, and never the key', async () => {
    const error = await failureOf(open({ key: 'a secret' }).openWriter());
    expect(error).toBeInstanceOf(SearchRefused);
    expect(error.message).toMatch(/refuses the key in SLUICE_MEILI_KEY \(invalid_api_key\)/);
    expect(JSON.stringify(error) + error.message).not.toContain('a secret');
  });

  it('wants a key and gets none says so', async () => {
    const error = await failureOf(openMeilisearchIndexes({ url: double.url }).openWriter());
    expect(error).toBeInstanceOf(SearchRefused);
    expect(error.message).toMatch(/SLUICE_MEILI_KEY \(missing_authorization_header\)/);
  });

  it('is full or busy is unavailable, whatever status it answers with', async () => {
    const writer = await open().openWriter();
    for (const [status, code] of [
      [422, 'no_space_left_on_device'],
      [422, 'io_error'],
      [503, 'too_many_search_requests'],
    ] as const) {
      double.refuseNext(status, code);
      expect(await failureOf(writer.write(change)), code).toBeInstanceOf(SearchUnavailable);
    }
    double.refuseNext(413, 'payload_too_large');
    expect(await failureOf(writer.write(change))).toBeInstanceOf(SearchRefused);
    await writer.write(change);
    expect(await writer.checkpoint()).toBe('1');
  });

  it('forgets a task before it was asked for its end is unavailable, and the change is written again', async () => {
    const writer = await open().openWriter();
    double.forgetTasks();
    const error = await failureOf(writer.write(change));
    expect(error).toBeInstanceOf(SearchUnavailable);
    expect(error.message).toMatch(/shows no task \d+$/);
  });

  it('does not show the task of a swap to a key of some indexes only has swapped all the same', async () => {
    const indexes = open();
    await (await indexes.openWriter()).write(change);
    double.restrictKey();
    const rebuild = await indexes.startRebuild();
    await rebuild.writer.write({ ...change, checkpoint: '2' });
    await rebuild.swap();
    expect(await (await indexes.openReader()).checkpoint()).toBe('2');
    expect(double.indexNames()).toEqual(['sluice-quarantine']);
  });

  it('had no time to sort is unavailable, rather than that a page lacks mails', async () => {
    const indexes = open();
    const upsert = [document(1), document(3), document(2)];
    await (await indexes.openWriter()).write({ ...change, upsert });
    const reader = await indexes.openReader();
    expect((await reader.search(operatorScope(), {})).items).toHaveLength(3);
    double.runOutOfTime();
    expect(await failureOf(reader.search(operatorScope(), {}))).toBeInstanceOf(SearchUnavailable);
    expect(await reader.count(operatorScope(), {}, 10)).toBe(3);
  });

  it('fails a task is told with its code, and the checkpoint stays', async () => {
    const writer = await open().openWriter();
    await writer.write(change);
    double.failNext('documentAdditionOrUpdate', 'invalid_document_id');
    const error = await failureOf(writer.write({ ...change, checkpoint: '2' }));
    expect(error).toBeInstanceOf(SearchRefused);
    expect(error.message).toMatch(/^the task \d+ \(documentAdditionOrUpdate\) .* \(invalid_document_id\)$/);
    double.failNext('documentAdditionOrUpdate', 'no_space_left_on_device');
    expect(await failureOf(writer.write({ ...change, checkpoint: '2' }))).toBeInstanceOf(SearchUnavailable);
    expect(await writer.checkpoint()).toBe('1');
  });

  it('fails a removal does not get the upserts with their checkpoint', async () => {
    const indexes = open();
    const writer = await indexes.openWriter();
    double.failNext('documentDeletion', 'internal');
    await failureOf(writer.write({ ...change, remove: ['x'] }));
    expect(await writer.checkpoint()).toBeUndefined();
    expect((await (await indexes.openReader()).search(operatorScope(), {})).items).toEqual([]);
  });

  it('leaves a task lying is unavailable after the deadline for tasks', async () => {
    const writer = await open({ taskMs: 40 }).openWriter();
    double.stall();
    const error = await failureOf(writer.write(change));
    expect(error).toBeInstanceOf(SearchUnavailable);
    expect(error.message).toMatch(/is enqueued after 0\.04 s$/);
  });

  it('was swapped by someone else is told from one that was not', async () => {
    const writer = await open().openWriter();
    await (await open().startRebuild()).swap();
    expect(await failureOf(writer.write(change))).toBeInstanceOf(IndexReplaced);
  });

  it('has an index of another layout gets a new one in its place', async () => {
    await (await open().openWriter()).write(change);
    const other = { id: 'state', kind: 'state', layout: 0, generation: 'old', checkpoint: '7' };
    await fetch(new URL('/indexes/sluice-quarantine/documents', double.url), {
      method: 'POST',
      headers: { authorization: `Bearer ${key}` },
      body: JSON.stringify([other]),
    });
    await eventually('another layout', async () => {
      const reader = await open().openReader();
      return (await reader.checkpoint()) === '7';
    });
    const writer = await open().openWriter();
    expect(await writer.checkpoint()).toBeUndefined();
    expect((await (await open().openReader()).search(operatorScope(), {})).items).toEqual([]);
    await writer.write(change);
    expect(await writer.checkpoint()).toBe('1');
  });

  it('keeps one index, whatever was rebuilt, left or abandoned', async () => {
    const indexes = open();
    await (await indexes.openWriter()).write(change);
    await indexes.startRebuild();
    await (await indexes.startRebuild()).swap();
    await (await indexes.startRebuild()).abandon();
    expect(double.indexNames()).toEqual(['sluice-quarantine']);
  });

  it('takes big changes in several batches, the checkpoint with the last', async () => {
    const writer = await open().openWriter();
    const body = 'word '.repeat(6_500);
    const many = Array.from({ length: 1_000 }, (_, n) => document(n, { body }));
    const before = double.asked.length;
    await writer.write({ upsert: many, remove: [], checkpoint: '9' });
    const posts = double.asked.slice(before).filter((one) => one.startsWith('POST'));
    expect(posts.length).toBeGreaterThan(1);
    expect(await writer.checkpoint()).toBe('9');
  });
});
