/** A name server that is gone: the first questions wait, the others do not, and its return is noticed. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, expect, it } from 'vitest';
import { createResolver } from '@sluice/dns';
import { startDnsServer, type DnsServer } from '../support/dns-server.ts';

const options = { tryMs: 2_000, tries: 2, slowMs: 100, recheckMs: 100 };
const deadlineMs = 5_000;

let silent: Socket | undefined;
let server: DnsServer | undefined;
afterEach(async () => {
  await hangUp();
  await server?.close();
  server = undefined;
});

/** Takes every question and answers none. */
async function listenSilently(): Promise<number> {
  silent = createSocket('udp4').bind(0, '127.0.0.1');
  await once(silent, 'listening');
  return silent.address().port;
}

async function hangUp(): Promise<void> {
  if (silent === undefined) return;
  const closed = once(silent, 'close');
  silent.close();
  silent = undefined;
  await closed;
}

it('fails questions at once while no name server answers, and asks again when one does', async () => {
  const port = await listenSilently();
  const resolver = createResolver({ ...options, server: `127.0.0.1:${port}` });
  const ask = () => resolver.resolve('host.example', 'A', { deadlineMs });
  const dead = { status: 'failed', message: 'no name server answers' };

  const started = performance.now();
  expect(await Promise.all([ask(), ask()])).toEqual([dead, dead]);
  expect(performance.now() - started).toBeLessThan(2_000);
  const again = performance.now();
  for (let count = 0; count < 50; count += 1) expect(await ask()).toEqual(dead);
  expect(performance.now() - again).toBeLessThan(500);

  await hangUp();
  server = await startDnsServer({ 'host.example': { A: ['192.0.2.1'] } }, port);
  await expect.poll(ask, { timeout: 10_000 }).toMatchObject({ status: 'found', records: ['192.0.2.1'] });
});

it('goes on asking where only the names of a sender are silent', async () => {
  server = await startDnsServer({ 'host.example': { A: ['192.0.2.1'] }, 'silent.example': 'SILENCE' });
  const resolver = createResolver({ ...options, server: server.address });
  for (let count = 0; count < 3; count += 1) {
    expect(await resolver.resolve('silent.example', 'A', { deadlineMs: 400 })).toMatchObject({
      status: 'failed',
    });
  }
  expect(await resolver.resolve('host.example', 'A', { deadlineMs })).toMatchObject({ status: 'found' });
});
