/** The intake over HTTP: whose token may hand in what, what is fed to edges, and the role as it is configured. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { encodeBatch } from '@sluice/core/handover/batch.ts';
import { changeDomain } from '@sluice/core/use-cases/domains.ts';
import { parseConfig } from '@sluice/environment';
import { edgeToken, start } from '@sluice/intake';
import {
  type Centre,
  createEdge,
  makeDomain,
  must,
  secret,
  startCentre,
  type TestDomain,
  vaultKey,
} from './intake.harness.ts';
import { startTestIntake, type TestIntake } from './intake.http.harness.ts';
import { type ReadSide, startReadSide } from './projections.harness.ts';
import { eventually } from './support/eventually.ts';
import { usePostgres } from './support/postgres.ts';

const server = usePostgres();
let centre: Centre;
let intake: TestIntake;
let readSide: ReadSide;
let number = 0;

beforeAll(async () => {
  centre = await startCentre(server.url);
  readSide = await startReadSide(centre);
  intake = await startTestIntake(centre);
});
afterAll(async () => {
  await intake?.close();
  await readSide?.close();
  await centre?.close();
});

const freshDomain = (): Promise<TestDomain> => makeDomain(centre, `h${(number += 1)}.example`);

it('takes a batch of the edge whose token it is', async () => {
  const items = [await createEdge(centre, 'mx7').decide(await freshDomain())];
  expect(await intake.clientOf('mx7').hand({ items })).toEqual({
    ok: true,
    value: { taken: items.map(({ seq }) => seq), refused: [] },
  });
});

it.each([
  ['no token', undefined, 401],
  ['a token of another installation', `Bearer ${edgeToken('x'.repeat(32), 'mx1')}`, 401],
  ['the token of another edge', `Bearer ${edgeToken(secret, 'mx-other')}`, 403],
])('refuses %s', async (_, authorization, status) => {
  const domain = await freshDomain();
  const items = [await createEdge(centre, 'mx1').decide(domain)];
  const response = await fetch(`${intake.url}/v1/batches`, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-sluice-batch',
      ...(authorization === undefined ? {} : { authorization }),
    },
    body: encodeBatch({ edge: 'mx1', items }) as Uint8Array<ArrayBuffer>,
  });
  expect(response.status).toBe(status);
  expect(await Array.fromAsync(centre.store.readStream(`decisions-${domain.domainId}`))).toEqual([]);
});

it('says that a batch cannot be read', async () => {
  const headers = {
    authorization: `Bearer ${edgeToken(secret, 'mx1')}`,
    'content-type': 'application/x-sluice-batch',
  };
  const response = await fetch(`${intake.url}/v1/batches`, { method: 'POST', headers, body: 'no batch' });
  expect(response.status).toBe(400);
});

it('feeds all domains with their keys, and then what changes, as soon as it does', async () => {
  const domain = await freshDomain();
  await eventually('read model', async () => {
    const feed = must(await intake.clientOf('mx1').feed(undefined, 0));
    return feed.domains.some(({ domainId }) => domainId === domain.domainId);
  });
  const all = must(await intake.clientOf('mx1').feed(undefined, 0));
  const fed = all.domains.find(({ domainId }) => domainId === domain.domainId)!;
  expect(fed).toMatchObject({ name: domain.name, status: 'active', policy: { revision: 1 } });
  expect(fed.dataKey).toEqual(await centre.keys.get(`domain-${domain.domainId}`));
  expect(must(await intake.clientOf('mx1').feed(all.next, 0))).toMatchObject({
    domains: [],
    next: all.next,
    more: false,
  });

  const began = performance.now();
  const waiting = intake.clientOf('mx1').feed(all.next, 20_000);
  must(
    await changeDomain(centre.context, domain, {
      type: 'SetThresholds',
      data: { tag: 1, hold: 2, reject: 3 },
    }),
  );
  expect(must(await waiting).domains).toMatchObject([
    { domainId: domain.domainId, policy: { revision: 2, thresholds: { tag: 1, hold: 2, reject: 3 } } },
  ]);
  expect(performance.now() - began).toBeLessThan(5_000);
});

it.each([true, false])('feeds whether a route is the operator’s: %s', async (trusted) => {
  const domain = await freshDomain();
  const hosts = [{ host: 'mail.example.org', port: 25, tls: 'none' as const }];
  must(await changeDomain(centre.context, domain, { type: 'SetRoute', data: { hosts, trusted } }));
  const fed = await eventually('the route', async () => {
    const feed = must(await intake.clientOf('mx1').feed(undefined, 0));
    return feed.domains.find((one) => one.domainId === domain.domainId && one.route.length > 0);
  });
  expect(fed).toMatchObject({ route: hosts, routeTrusted: trusted });
});

it('feeds an erased domain as removed, without a key', async () => {
  const domain = await freshDomain();
  await centre.keys.destroy(`domain-${domain.domainId}`);
  const fed = await eventually('fed as removed', async () => {
    const feed = must(await intake.clientOf('mx1').feed(undefined, 0));
    return feed.domains.find((one) => one.domainId === domain.domainId && one.status === 'removed');
  });
  expect(fed.dataKey.key).toBe('');
});

it('is a role that starts from its configuration', async () => {
  const config = must(
    parseConfig({
      SLUICE_DATA_DIR: centre.folder,
      SLUICE_EVENTSTORE_URL: centre.eventstoreUrl,
      SLUICE_POSTGRES_URL: centre.postgresUrl,
      SLUICE_VAULT_KEY: vaultKey,
      SLUICE_SECRET: secret,
      SLUICE_LOG_LEVEL: 'error',
    }),
  );
  const role = await start(config);
  const response = await fetch(`http://127.0.0.1:${role.ports.intake}/readyz`);
  expect(response.status).toBe(200);
  await role[Symbol.asyncDispose]();
  await expect(fetch(`http://127.0.0.1:${role.ports.intake}/readyz`)).rejects.toThrow();
});

it('says that it is ready', async () => {
  const response = await fetch(`${intake.url}/readyz`);
  expect([response.status, await response.json()]).toMatchObject([200, { ready: true }]);
});
