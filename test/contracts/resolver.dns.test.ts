/** The Resolver on DNS messages of our own keeps the contract, against a name server on this machine. */
import { expect, it } from 'vitest';
import { createResolver } from '@sluice/dns';
import { startDnsServer } from '../support/dns-server.ts';
import { resolverContract } from './resolver.contract.ts';

resolverContract(async (zone) => {
  const server = await startDnsServer(zone);
  return { resolver: createResolver({ server: server.address }), close: () => server.close() };
});

it('says that no name server could be reached', async () => {
  const server = await startDnsServer({});
  await server.close();
  const resolver = createResolver({ server: server.address, tryMs: 200, tries: 1 });
  expect(await resolver.resolve('host.example', 'A', { deadlineMs: 2_000 })).toMatchObject({
    status: 'failed',
  });
});

it('the test server tells which questions came', async () => {
  await using server = await serving();
  const resolver = createResolver({ server: server.address });
  await resolver.resolve('Host.example', 'A', { deadlineMs: 2_000 });
  await resolver.resolve('gone.example', 'MX', { deadlineMs: 2_000 });
  expect(server.queries).toEqual(['A host.example', 'MX gone.example']);
});

async function serving() {
  const server = await startDnsServer({ 'host.example': { A: ['192.0.2.1'] } });
  return { ...server, [Symbol.asyncDispose]: () => server.close() };
}
