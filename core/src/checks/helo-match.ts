/** Check 11: whether the name in HELO exists, or is that of the client (RFC 5321 §4.1.4). */
import { isIp } from '../policy/ip-address.ts';
import { z } from 'zod';
import type { Resolver } from '../ports/resolver.ts';
import { defineCheck, observed, type Gathered } from './check.ts';
import { isSameAddress } from './client-address.ts';

interface HeloFact {
  /** Addresses of the name, the client's first; none where the name has none, or is no name. */
  readonly addresses: readonly string[];
  readonly ttl?: number;
}

const maxAddresses = 5;

export const heloMatch = defineCheck({
  number: 11,
  name: 'helo-match',
  phase: 'helo',
  standing: 'ordinary',
  asksNow: true,
  title: 'Greeting name leads to the server',
  help: 'Asks DNS for the addresses of the name in HELO. Many honest servers have it wrong, and RFC 5321 forbids refusing mail for it alone, so it only adds points.',
  // RFC 5321 §4.1.4: "the server MUST NOT refuse to accept a message on that basis".
  modes: ['off', 'observe', 'score'],
  settings: z.object({
    strictness: z
      .enum(['exists', 'matches'])
      .default('exists')
      .describe('exists: the name has an address; matches: it has the address of the client'),
  }),
  presets: {
    relaxed: { mode: 'observe' },
    balanced: { mode: 'score', weight: 1 },
    strict: { mode: 'score', weight: 1, settings: { strictness: 'matches' } },
  },
  reasons: {
    'helo-mismatch': {
      title: 'Greeting name leads elsewhere',
      code: 550,
      enhanced: '5.7.1',
      text: 'Refused: the name given in HELO does not lead to your server',
    },
  },
  async gather({ envelope, resolver, clientIsPrivate, deadlineMs }) {
    if (clientIsPrivate) return { status: 'skipped', why: 'private-client' };
    const { helo, ip } = envelope;
    return helo.startsWith('[') || isIp(helo) || !helo.includes('.')
      ? observed({ addresses: [] })
      : gatherAddresses(helo, ip, resolver, deadlineMs);
  },
  judge(fact: HeloFact, { strictness }, { envelope: { helo, ip } }) {
    const said = `HELO “${helo.slice(0, 255)}”`;
    const literal = /^\[(?:IPv6:)?(.*)\]$/i.exec(helo)?.[1] ?? helo;
    if (isIp(literal)) {
      return isSameAddress(literal, ip)
        ? { result: 'pass', sentence: `${said} is the address of the client.` }
        : fail(`${said} is not the address of the client, ${ip}.`);
    }
    const [first] = fact.addresses;
    if (first === undefined) return fail(`${said} has no address in DNS.`);
    if (fact.addresses.some((one) => isSameAddress(one, ip))) {
      return { result: 'pass', sentence: `${said} has the address of the client, ${ip}.` };
    }
    const sentence = `${said} leads to ${fact.addresses.join(', ')}, not to the client, ${ip}`;
    return strictness === 'matches'
      ? fail(`${sentence}.`)
      : { result: 'pass', sentence: `${sentence}; that it exists is enough here.` };
  },
});

const fail = (sentence: string) => ({ result: 'fail', reason: 'helo-mismatch', sentence }) as const;

/** IPv4 and IPv6 both: a server may be known by the one and call by the other. */
export async function gatherAddresses(
  name: string,
  ip: string,
  resolver: Resolver,
  deadlineMs: number,
): Promise<Gathered<HeloFact>> {
  const answers = await Promise.all(
    (['A', 'AAAA'] as const).map((type) => resolver.resolve(name, type, { deadlineMs })),
  );
  const found = answers.flatMap((answer) => (answer.status === 'found' ? [answer] : []));
  const addresses = found
    .flatMap(({ records }) => records)
    .toSorted((a, b) => Number(isSameAddress(b, ip)) - Number(isSameAddress(a, ip)))
    .slice(0, maxAddresses);
  const failed = answers.find((answer) => answer.status === 'failed');
  // One family that could not be asked for might have had the address.
  if (failed?.status === 'failed' && !addresses.some((one) => isSameAddress(one, ip))) {
    return { status: 'error', message: failed.message };
  }
  const ttls = found.flatMap(({ ttl }) => (ttl === undefined ? [] : [ttl]));
  return observed({ addresses, ...(ttls.length === 0 ? {} : { ttl: Math.min(...ttls) }) });
}
