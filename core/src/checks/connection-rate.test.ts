/** How many connections a client may open. */
import { describe, expect, it } from 'vitest';
import { concluded, gathered } from './check-specification.ts';
import { connectionRate } from './connection-rate.ts';
import { countersAway, edgeInMemory, shared } from './edge-specification.ts';

const settings = { perAddress: 2, perNetwork: 3, atOnce: 5 };

describe('connection-rate', () => {
  it('fails the third connection of an address within a minute, and not the first of the next', async () => {
    const edge = edgeInMemory();
    const connect = () => concluded(connectionRate, { edge: edge.view(), settings });
    expect(await connect()).toMatchObject({ result: 'pass' });
    expect(await connect()).toMatchObject({ result: 'pass' });
    expect(await connect()).toEqual({
      result: 'fail',
      reason: 'connection-rate',
      sentence: '192.0.2.10 opened 3 connections within a minute, 2 are allowed. Counted by this edge alone.',
    });
    edge.wait({ seconds: 60 });
    expect(await connect()).toMatchObject({ result: 'pass' });
  });

  it.each([
    ['192.0.2.', '192.0.2.0/24'],
    ['2001:db8:1:', '2001:db8:1::/48'],
  ])('counts the network around %s', async (prefix, network) => {
    const edge = edgeInMemory();
    const connect = (host: number) => {
      const ip = prefix.includes(':') ? `${prefix}${host}::1` : `${prefix}${host}`;
      return concluded(connectionRate, { edge: edge.view(), settings, envelope: { ip } });
    };
    for (const host of [1, 2, 3]) expect(await connect(host)).toMatchObject({ result: 'pass' });
    const fourth = await connect(4);
    expect(fourth).toMatchObject({ result: 'fail' });
    expect(fourth.sentence).toContain(`${network} opened 4 connections`);
  });

  it('takes a /64 of IPv6 for one client', async () => {
    const edge = edgeInMemory();
    const results = [];
    for (const ip of ['2001:db8::1', '2001:db8::ffff:1', '2001:db8:0:0:a:b:c:d']) {
      const envelope = { ip };
      results.push((await concluded(connectionRate, { edge: edge.view(), settings, envelope })).result);
    }
    expect(results).toEqual(['pass', 'pass', 'fail']);
  });

  it('fails a client that has too many open at once', async () => {
    const edge = edgeInMemory();
    const at = (openAtOnce: number) =>
      concluded(connectionRate, {
        edge: edge.view({ counters: shared(edge.counters), connection: { openAtOnce } }),
        settings: { ...settings, perAddress: 0, perNetwork: 0 },
      });
    expect(await at(5)).toMatchObject({ result: 'pass' });
    expect(await at(6)).toEqual({
      result: 'fail',
      reason: 'connection-rate',
      sentence: '192.0.2.10 has 6 connections open, 5 are allowed.',
    });
  });

  it('does not hurt a normal sender by default, whatever is away', async () => {
    const edge = edgeInMemory().view({ counters: countersAway });
    expect(await concluded(connectionRate, { edge })).toMatchObject({ result: 'pass' });
  });

  it('leaves private clients alone unless it is told to count them', async () => {
    const envelope = { ip: '10.1.2.3' };
    const edge = edgeInMemory().view();
    expect(await gathered(connectionRate, { edge, envelope })).toEqual({
      status: 'skipped',
      why: 'private-client',
    });
    const counted = await gathered(connectionRate, { edge, envelope, settings: { countPrivate: true } });
    expect(counted.status).toBe('observed');
  });

  it('counts nothing of a mail from an archive', async () => {
    expect(await gathered(connectionRate)).toEqual({ status: 'nothing' });
  });
});
