/** What the resolver makes of real packets: aliases, TTLs, cut answers, old servers, forgeries, and questions asked once. */
import { createSocket, type RemoteInfo } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, describe, expect, it } from 'vitest';
import { createResolver } from '@sluice/dns';
import { startDnsServer, type DnsServer, type DnsServerOptions, type Zone } from '../support/dns-server.ts';

const deadlineMs = 3_000;
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function serve(zone: Zone, options: DnsServerOptions = {}): Promise<DnsServer> {
  const server = await startDnsServer(zone, 0, options);
  closing.push(() => server.close());
  return server;
}

const zone: Zone = {
  'host.example': { A: ['192.0.2.1'] },
  'big.example': { TXT: Array.from({ length: 40 }, (_, index) => `${index} ${'x'.repeat(100)}`) },
  'xn--bcher-kva.example': { A: ['192.0.2.7'] },
};

describe('the resolver on the wire', () => {
  it('says for how long an answer holds, and asks once while it does', async () => {
    const server = await serve(zone, { ttl: 300 });
    const resolver = createResolver({ server: server.address });
    const ask = () => resolver.resolve('host.example', 'A', { deadlineMs });
    expect(await ask()).toEqual({ status: 'found', records: ['192.0.2.1'], ttl: 300 });
    expect(await ask()).toMatchObject({ status: 'found', records: ['192.0.2.1'] });
    expect(server.queries).toHaveLength(1);
  });

  it('asks again where an answer holds for no time at all', async () => {
    const server = await serve(zone, { ttl: 0 });
    const resolver = createResolver({ server: server.address });
    await resolver.resolve('host.example', 'A', { deadlineMs });
    await resolver.resolve('host.example', 'A', { deadlineMs });
    expect(server.queries).toHaveLength(2);
  });

  it('asks the same question of many at the same time once', async () => {
    const server = await serve(zone, { ttl: 0 });
    const resolver = createResolver({ server: server.address });
    const answers = await Promise.all(
      ['host.example', 'HOST.example', 'host.example.'].map((name) =>
        resolver.resolve(name, 'A', { deadlineMs }),
      ),
    );
    expect(answers.map(({ status }) => status)).toEqual(['found', 'found', 'found']);
    expect(server.queries).toHaveLength(1);
  });

  it('remembers that there is none for as long as the zone says (RFC 2308)', async () => {
    const remembered = await serve(zone, { negativeTtl: 30 });
    const forgotten = await serve(zone, { negativeTtl: 0 });
    for (const { address } of [remembered, forgotten]) {
      const resolver = createResolver({ server: address });
      for (const type of ['A', 'A'] as const) {
        expect(await resolver.resolve('gone.example', type, { deadlineMs })).toEqual({ status: 'no-name' });
      }
    }
    expect(remembered.queries).toHaveLength(1);
    expect(forgotten.queries).toHaveLength(2);
  });

  it('follows an alias to its records', async () => {
    const server = await serve(zone, { aliases: { 'www.example': 'host.example' } });
    const resolver = createResolver({ server: server.address });
    expect(await resolver.resolve('www.example', 'A', { deadlineMs })).toMatchObject({
      status: 'found',
      records: ['192.0.2.1'],
    });
  });

  it('finds nothing where aliases lead in a circle', async () => {
    const server = await serve(zone, { aliases: { 'a.example': 'a.example' } });
    const resolver = createResolver({ server: server.address });
    expect((await resolver.resolve('a.example', 'A', { deadlineMs })).status).not.toBe('found');
  });

  it('asks over TCP for what was cut off', async () => {
    const server = await serve(zone, { maxUdp: 1232 });
    const resolver = createResolver({ server: server.address });
    const answer = await resolver.resolve('big.example', 'TXT', { deadlineMs });
    expect(answer.status === 'found' && answer.records).toHaveLength(40);
    expect(server.queries).toEqual(['TXT big.example', 'TCP TXT big.example']);
  });

  it('asks a server of before EDNS in its own words', async () => {
    const server = await serve(zone, { isOld: true });
    const resolver = createResolver({ server: server.address });
    expect(await resolver.resolve('host.example', 'A', { deadlineMs })).toMatchObject({ status: 'found' });
    expect(server.queries).toHaveLength(2);
  });

  it('passes on that DNSSEC proves an answer', async () => {
    const server = await serve(zone, { authentic: true });
    const resolver = createResolver({ server: server.address });
    expect(await resolver.resolve('host.example', 'A', { deadlineMs })).toMatchObject({ authentic: true });
  });

  it('asks for names of other scripts by their A-labels', async () => {
    const server = await serve(zone);
    const resolver = createResolver({ server: server.address });
    expect(await resolver.resolve('Bücher.example', 'A', { deadlineMs })).toMatchObject({
      status: 'found',
      records: ['192.0.2.7'],
    });
  });

  it.each(['a b.example', 'a\nb.example', '\u0000', '💥'.repeat(80), '.', '..', 'x'.repeat(100_000)])(
    'does not send %j',
    async (name) => {
      const server = await serve(zone);
      const resolver = createResolver({ server: server.address });
      expect(await resolver.resolve(name, 'A', { deadlineMs })).toEqual({ status: 'no-name' });
      expect(server.queries).toEqual([]);
    },
  );

  it('is not moved by packets that answer something else, and waits for the one that answers', async () => {
    const real = await serve(zone);
    const resolver = createResolver({ server: await between(real) });
    expect(await resolver.resolve('host.example', 'A', { deadlineMs })).toMatchObject({
      records: ['192.0.2.1'],
    });
  });

  it('lets one caller wait no longer than it wants to, and another have the answer', async () => {
    const silent = await serve({ 'slow.example': 'SILENCE' });
    const resolver = createResolver({ server: silent.address, tryMs: 150, tries: 2, slowMs: 10_000 });
    const ask = (ms: number) => resolver.resolve('slow.example', 'A', { deadlineMs: ms });
    const [short, long] = await Promise.all([ask(30), ask(2_000)]);
    expect(short).toEqual({ status: 'failed', message: 'no answer within 30 ms' });
    expect(long).toEqual({ status: 'failed', message: 'the name server did not answer' });
    expect(silent.queries).toHaveLength(2);
  });
});

/** In front of a server: sends a wrong id, another question, noise, a bare header and a question before the real answer. */
async function between(real: DnsServer): Promise<string> {
  const front = createSocket('udp4');
  const back = createSocket('udp4');
  let peer: RemoteInfo | undefined;
  const port = Number(real.address.split(':')[1]);
  front.on('message', (message, from) => {
    peer = from;
    back.send(message, port, '127.0.0.1');
  });
  back.on('message', (answer) => {
    if (peer === undefined) return;
    const wrongId = Buffer.from(answer);
    wrongId.writeUInt16BE((answer.readUInt16BE(0) + 1) & 0xffff, 0);
    const wrongQuestion = Buffer.from(answer);
    wrongQuestion.write('evil', 13);
    const asQuery = Buffer.from(answer);
    asQuery.writeUInt16BE(0x0100, 2);
    const packets = [wrongId, wrongQuestion, Buffer.from('noise'), answer.subarray(0, 12), asQuery, answer];
    for (const packet of packets) front.send(packet, peer.port, peer.address);
  });
  front.bind(0, '127.0.0.1');
  back.bind(0, '127.0.0.1');
  await Promise.all([once(front, 'listening'), once(back, 'listening')]);
  closing.push(async () => {
    front.close();
    back.close();
  });
  return `127.0.0.1:${front.address().port}`;
}
