/** The intake client against an HTTP server of its own. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { batchContentType, decodeBatch, type BatchItem } from '@sluice/core/handover/batch.ts';
import { createIntakeClient } from './intake-client.ts';

const item: BatchItem = {
  seq: 7,
  kind: 'decision',
  mailId: '01930000-0000-7000-8000-000000000001',
  event: {
    id: '01930000-0000-5000-8000-000000000001',
    type: 'MailJudged',
    data: { mailId: '01930000-0000-7000-8000-000000000001' },
    metadata: {
      schemaVersion: 1,
      actor: { kind: 'edge', id: 'mx1' },
      at: '2026-11-22T10:00:00.000Z',
      correlationId: 'x',
    },
  },
  body: new TextEncoder().encode('raw mail'),
};

const domain = {
  domainId: 'd1',
  accountId: 'a1',
  name: 'a.example',
  status: 'active',
  policy: { revision: 1, checks: {}, thresholds: { tag: 1, hold: 2, reject: 3 }, lists: [] },
  route: [],
  dataKey: { keyId: 'k', key: 'a2V5' },
};
const feed = { domains: [domain], serviceLists: [], next: '12', more: false };

describe('intake client', () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.close();
    server?.closeAllConnections();
  });

  async function intake(
    answer: (request: IncomingMessage, body: Buffer, response: ServerResponse) => void,
  ): Promise<string> {
    server = createServer((request, response) => {
      void request.toArray().then((chunks) => answer(request, Buffer.concat(chunks), response));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }
  const clientOf = (url: string, deadlineMs = 5_000) =>
    createIntakeClient({ url, token: 'secret', edge: 'mx1', deadlineMs });
  const answering = (status: number, body: unknown): Promise<string> =>
    intake((_request, _body, response) => response.writeHead(status).end(JSON.stringify(body)));

  it('hands over a batch that the intake can read, under its token', async () => {
    const seen: unknown[] = [];
    const url = await intake((request, body, response) => {
      const { method, headers } = request;
      seen.push(method, request.url, headers.authorization, headers['content-type'], decodeBatch(body));
      response.end(JSON.stringify({ taken: [7], refused: [{ seq: 8, reason: 'no' }] }));
    });
    const answer = await clientOf(`${url}/base`).hand({ items: [item] });
    expect(answer).toEqual({ ok: true, value: { taken: [7], refused: [{ seq: 8, reason: 'no' }] } });
    const body = Buffer.from('raw mail');
    expect(seen).toEqual([
      'POST',
      '/base/v1/batches',
      'Bearer secret',
      batchContentType,
      { ok: true, value: { edge: 'mx1', items: [{ ...item, body }] } },
    ]);
  });

  it('asks the feed after a position, and from the start', async () => {
    const asked: (string | undefined)[] = [];
    const url = await intake((request, _body, response) => {
      asked.push(request.url);
      response.end(JSON.stringify(feed));
    });
    const client = clientOf(url);
    expect(await client.feed(undefined, 0)).toEqual({ ok: true, value: feed });
    await client.feed('12', 25_000);
    expect(asked).toEqual(['/v1/feed?waitMs=0', '/v1/feed?after=12&waitMs=25000']);
  });

  it.each([
    [400, 'refused'],
    [413, 'refused'],
    [401, 'unavailable'],
    [429, 'unavailable'],
    [500, 'unavailable'],
  ])('takes status %i as %s', async (status, code) => {
    const answer = await clientOf(await answering(status, { message: 'why' })).hand({ items: [item] });
    expect(answer).toMatchObject({ ok: false, error: { code } });
    expect(!answer.ok && answer.error.message).toContain('why');
  });

  it.each([
    ['no object', null],
    ['no list', { ...feed, domains: {} }],
    ['a position that is no number', { ...feed, next: 'soon' }],
    ['a domain without a policy', { ...feed, domains: [{ ...domain, policy: null }] }],
    ['a domain without a key', { ...feed, domains: [{ ...domain, dataKey: {} }] }],
  ])('does not rely on a feed that is %s', async (_, answer) => {
    expect(await clientOf(await answering(200, answer)).feed(undefined, 0)).toMatchObject({
      ok: false,
      error: { code: 'unavailable' },
    });
  });

  it('does not wait for ever, and not at all once it is told to stop', async () => {
    const url = await intake(() => undefined);
    const late = await clientOf(url, 100).hand({ items: [item] });
    expect(late).toMatchObject({ ok: false, error: { code: 'unavailable' } });
    const stop = AbortSignal.abort();
    expect(await clientOf(url).feed(undefined, 60_000, stop)).toMatchObject({ ok: false });
  });

  it('says why nobody answers', async () => {
    const url = await answering(200, {});
    server?.close();
    const answer = await clientOf(url).feed(undefined, 0);
    expect(!answer.ok && answer.error.message).toContain('ECONNREFUSED');
  });
});
