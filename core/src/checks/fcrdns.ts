/** Check 7: whether the client's reverse name leads back to its address (RFC 8601 §3, “iprev”). */
import { z } from 'zod';
import type { Resolver } from '../ports/resolver.ts';
import { defineCheck, observed, type Gathered } from './check.ts';
import { isIpv4, isSameAddress, reverseName } from './client-address.ts';

interface ReverseFact {
  /** Names of the PTR records with the addresses that each has; none without a PTR record. */
  readonly names: readonly { readonly name: string; readonly addresses: readonly string[] }[];
  /** Seconds for which the PTR records held. */
  readonly ttl?: number;
}

/** Names looked at: a client may publish hundreds (RFC 7208 §4.6.4 draws the line here too). */
const maxNames = 10;
const maxAddresses = 3;

export const fcrdns = defineCheck({
  number: 7,
  name: 'fcrdns',
  phase: 'connect',
  standing: 'ordinary',
  asksNow: true,
  title: 'Reverse name leads back',
  help: 'Asks DNS for the host name of the client and whether that name has the address of the client. Anybody can give an address any reverse name; only the owner of the name can confirm it.',
  modes: ['off', 'observe', 'score', 'reject'],
  settings: z.object({
    strictness: z
      .enum(['lenient', 'strict'])
      .default('lenient')
      .describe('lenient: a reverse name must lead back where there is one; strict: there must be one'),
  }),
  presets: {
    relaxed: { mode: 'observe', settings: { strictness: 'lenient' } },
    balanced: { mode: 'score', weight: 1, settings: { strictness: 'lenient' } },
    strict: { mode: 'score', weight: 2, settings: { strictness: 'strict' } },
  },
  reasons: {
    // RFC 7372 §3.3
    'reverse-unconfirmed': {
      title: 'Reverse name does not lead back',
      code: 550,
      enhanced: '5.7.25',
      text: 'Refused: the reverse DNS name of your server does not lead back to its address',
    },
  },
  async gather({ envelope, resolver, clientIsPrivate, deadlineMs }) {
    if (clientIsPrivate) return { status: 'skipped', why: 'private-client' };
    return lookUp(envelope.ip, resolver, deadlineMs);
  },
  judge(fact: ReverseFact, { strictness }, { envelope: { ip } }) {
    const confirmed = fact.names.find(({ addresses }) => addresses.some((one) => isSameAddress(one, ip)));
    if (confirmed !== undefined) {
      return { result: 'pass', sentence: `${ip} is ${confirmed.name}, and that name has the address.` };
    }
    if (fact.names.length === 0) {
      const sentence = `${ip} has no reverse name.`;
      return strictness === 'strict'
        ? { result: 'fail', reason: 'reverse-unconfirmed', sentence }
        : { result: 'none', sentence };
    }
    const names = fact.names.map(({ name }) => name).join(', ');
    return {
      result: 'fail',
      reason: 'reverse-unconfirmed',
      sentence: `${ip} calls itself ${names}, but that name does not lead back to it.`,
    };
  },
});

async function lookUp(ip: string, resolver: Resolver, deadlineMs: number): Promise<Gathered<ReverseFact>> {
  const reverse = await resolver.resolve(reverseName(ip), 'PTR', { deadlineMs });
  if (reverse.status === 'failed') return { status: 'error', message: reverse.message };
  const names = reverse.status === 'found' ? reverse.records.slice(0, maxNames) : [];
  const type = isIpv4(ip) ? 'A' : 'AAAA';
  const answers = await Promise.all(names.map((name) => resolver.resolve(name, type, { deadlineMs })));
  const fact: ReverseFact = {
    names: names.map((name, index) => {
      const answer = answers[index];
      return { name, addresses: answer?.status === 'found' ? few(answer.records, ip) : [] };
    }),
    ...(reverse.status === 'found' && reverse.ttl !== undefined ? { ttl: reverse.ttl } : {}),
  };
  const isConfirmed = fact.names.some(({ addresses }) => addresses.some((one) => isSameAddress(one, ip)));
  const failed = answers.find((answer) => answer.status === 'failed');
  // A name that could not be asked might have been the one.
  return failed?.status === 'failed' && !isConfirmed
    ? { status: 'error', message: failed.message }
    : observed(fact);
}

/** Some of the addresses, the one in question first. */
const few = (addresses: readonly string[], ip: string): readonly string[] =>
  addresses
    .toSorted((a, b) => Number(isSameAddress(b, ip)) - Number(isSameAddress(a, ip)))
    .slice(0, maxAddresses);
