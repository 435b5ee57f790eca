/** Check 9: the client's address on DNS block lists and allow lists (RFC 5782). */
import { z } from 'zod';
import type { Resolver } from '../ports/resolver.ts';
import { defineCheck, observed, type Gathered } from './check.ts';
import { reversedAddress } from './client-address.ts';
import {
  askZone,
  failureOf,
  listings,
  listPoints,
  returnCodes,
  sumOfPoints,
  unanswered,
  type ZoneAnswer,
  zoneName,
} from './dns-lists.ts';

interface DnsblFact {
  readonly zones: readonly ZoneAnswer[];
}

export const dnsbl = defineCheck({
  number: 9,
  name: 'dnsbl',
  phase: 'connect',
  standing: 'ordinary',
  asksNow: true,
  title: 'DNS block lists',
  help: 'Asks public DNS lists whether the address of the client is known for sending unwanted mail. Each list that knows it adds its points; a list of good senders sets them to nothing.',
  modes: ['off', 'observe', 'score', 'reject'],
  settings: z.object({
    zones: z
      .array(z.object({ zone: zoneName, points: listPoints.default(3), codes: returnCodes }))
      .max(30)
      .default([
        { zone: 'zen.spamhaus.org', points: 7, codes: ['127.0.0.2-11'] },
        { zone: 'bl.spamcop.net', points: 3, codes: ['127.0.0.2'] },
        { zone: 'psbl.surriel.com', points: 2, codes: ['127.0.0.2'] },
      ])
      .describe('Block lists, the points of each, and which of its answers count'),
    allowZones: z
      .array(z.object({ zone: zoneName, codes: returnCodes }))
      .max(10)
      .default([{ zone: 'list.dnswl.org', codes: ['127.0.*.1-3'] }])
      .describe('Lists of good senders: an address on one of them passes'),
    threshold: listPoints.default(1).describe('Points from which the check has failed'),
  }),
  presets: {
    relaxed: { mode: 'score' },
    balanced: { mode: 'score' },
    strict: { mode: 'reject', settings: { threshold: 5 } },
  },
  reasons: {
    'client-blocklisted': {
      title: 'Server on a DNS block list',
      code: 550,
      enhanced: '5.7.1',
      text: 'Refused: the address of your server is on a DNS block list',
    },
  },
  async gather({ envelope, resolver, clientIsPrivate, deadlineMs }, { zones, allowZones }) {
    if (clientIsPrivate) return { status: 'skipped', why: 'private-client' };
    const names = new Set([...zones, ...allowZones].map(({ zone }) => zone.toLowerCase()));
    return names.size === 0 ? { status: 'nothing' } : ask(envelope.ip, [...names], resolver, deadlineMs);
  },
  judge(fact: DnsblFact, { zones, allowZones, threshold }, { envelope: { ip } }) {
    const answers = new Map(fact.zones.map((one) => [one.zone, one.answer]));
    const found = (entry: { readonly zone: string; readonly codes: readonly string[] }) =>
      listings(answers.get(entry.zone.toLowerCase()), entry.codes);
    const note = unanswered(fact.zones);
    const allowed = allowZones.find((entry) => found(entry).length > 0);
    if (allowed !== undefined) {
      const sentence = `${ip} is on the list of good senders ${allowed.zone} (${found(allowed).join(', ')}).`;
      return { result: 'pass', sentence: sentence + note };
    }
    const hits = zones.flatMap((entry) => {
      const codesFound = found(entry);
      return codesFound.length === 0 ? [] : [{ ...entry, words: `${entry.zone} (${codesFound.join(', ')})` }];
    });
    if (hits.length === 0) return { result: 'pass', sentence: `${ip} is on no block list.${note}` };
    const sum = sumOfPoints(hits);
    const listed = `${ip} is listed by ${hits.map(({ words }) => words).join(' and ')}`;
    return sum >= threshold
      ? {
          result: 'fail',
          reason: 'client-blocklisted',
          score: sum,
          sentence: `${listed}: ${sum} points.${note}`,
          sources: hits.map(({ zone }) => zone.toLowerCase()),
        }
      : {
          result: 'none',
          sentence: `${listed}: ${sum} points, fewer than the ${threshold} that count.${note}`,
        };
  },
  unasked(fact: DnsblFact, { zones, allowZones }) {
    const asked = new Set(fact.zones.map(({ zone }) => zone));
    const wanted = new Set([...zones, ...allowZones].map(({ zone }) => zone.toLowerCase()));
    return [...wanted].filter((zone) => !asked.has(zone));
  },
});

async function ask(
  ip: string,
  zones: readonly string[],
  resolver: Resolver,
  deadlineMs: number,
): Promise<Gathered<DnsblFact>> {
  const address = reversedAddress(ip);
  const answered = await Promise.all(
    zones.map(async (zone): Promise<ZoneAnswer> => ({
      zone,
      answer: await askZone(resolver, address, zone, deadlineMs),
    })),
  );
  const failures = answered.filter(({ answer }) => answer.status === 'failed');
  return failures.length === answered.length
    ? { status: 'error', message: `no list answered (${failures.map(failureOf).join('; ')})` }
    : observed({ zones: answered });
}
