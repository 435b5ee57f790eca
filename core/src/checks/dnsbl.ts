/** Check 9: the client's address on DNS block lists and allow lists (RFC 5782). */
import { z } from 'zod';
import type { DnsAnswer, Resolver } from '../ports/resolver.ts';
import { defineCheck, observed, type Gathered } from './check.ts';
import { reversedAddress } from './client-address.ts';

/** One question and what came back. */
interface ZoneAnswer {
  readonly zone: string;
  /** The name that was asked. */
  readonly question: string;
  readonly answer: DnsAnswer;
}

interface DnsblFact {
  readonly ip: string;
  readonly zones: readonly ZoneAnswer[];
}

const zoneName = z
  .string()
  .max(200)
  .regex(/^(?:[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?\.)+[a-z][a-z0-9-]*$/i, {
    message: 'Write the name of a DNS list, such as zen.spamhaus.org.',
  });

/** `127.0.0.2`, `127.0.0.2-11`, `127.0.*.3`: each part a number, a range or any. */
const returnCode = z.string().regex(/^127(?:\.(?:\d{1,3}(?:-\d{1,3})?|\*)){3}$/, {
  message: 'Write a return code such as 127.0.0.2, 127.0.0.2-11 or 127.0.*.3.',
});

const codes = z
  .array(returnCode)
  .max(50)
  .default([])
  .describe('Answers that count; none: every answer in 127.0.0.0/8');

const points = z.number().min(0.1).max(100);

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
      .array(z.object({ zone: zoneName, points: points.default(3), codes }))
      .max(30)
      .default([
        { zone: 'zen.spamhaus.org', points: 7, codes: ['127.0.0.2-11'] },
        { zone: 'bl.spamcop.net', points: 3, codes: ['127.0.0.2'] },
        { zone: 'psbl.surriel.com', points: 2, codes: ['127.0.0.2'] },
      ])
      .describe('Block lists, the points of each, and which of its answers count'),
    allowZones: z
      .array(z.object({ zone: zoneName, codes }))
      .max(10)
      .default([{ zone: 'list.dnswl.org', codes: ['127.0.*.1-3'] }])
      .describe('Lists of good senders: an address on one of them passes'),
    threshold: points.default(1).describe('Points from which the check has failed'),
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
  judge(fact: DnsblFact, { zones, allowZones, threshold }) {
    const answers = new Map(fact.zones.map((one) => [one.zone, one.answer]));
    const found = (entry: { readonly zone: string; readonly codes: readonly string[] }) =>
      listings(answers.get(entry.zone.toLowerCase()), entry.codes);
    const note = unanswered(fact.zones);
    const allowed = allowZones.find((entry) => found(entry).length > 0);
    if (allowed !== undefined) {
      const sentence = `${fact.ip} is on the list of good senders ${allowed.zone} (${found(allowed).join(', ')}).`;
      return { result: 'pass', sentence: sentence + note };
    }
    const hits = zones.flatMap((entry) => {
      const codesFound = found(entry);
      return codesFound.length === 0 ? [] : [{ ...entry, words: `${entry.zone} (${codesFound.join(', ')})` }];
    });
    if (hits.length === 0) return { result: 'pass', sentence: `${fact.ip} is on no block list.${note}` };
    const sum = hits.reduce((total, hit) => total + hit.points, 0);
    const listed = `${fact.ip} is listed by ${hits.map(({ words }) => words).join(' and ')}`;
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
    zones.map(async (zone): Promise<ZoneAnswer> => {
      const question = `${address}.${zone}`;
      return { zone, question, answer: checked(await resolver.resolve(question, 'A', { deadlineMs })) };
    }),
  );
  const failures = answered.filter(({ answer }) => answer.status === 'failed');
  return failures.length === answered.length
    ? { status: 'error', message: `no list answered (${failures.map(failureOf).join('; ')})` }
    : observed({ ip, zones: answered });
}

/**
 * An answer in 127.255.255.0/24 says that the question was refused (too many, or through a public resolver); one outside
 * 127.0.0.0/8 comes from a list that is no more (RFC 5782 §2.1). Neither is a listing.
 */
function checked(answer: DnsAnswer): DnsAnswer {
  if (answer.status !== 'found') return answer;
  const refused = answer.records.find((record) => record.startsWith('127.255.255.'));
  if (refused !== undefined) {
    return { status: 'failed', message: `the list refuses to answer us (${refused})` };
  }
  const strange = answer.records.find((record) => !record.startsWith('127.'));
  return strange === undefined
    ? answer
    : { status: 'failed', message: `the list gave an address that means nothing (${strange})` };
}

const listings = (answer: DnsAnswer | undefined, wanted: readonly string[]): readonly string[] =>
  answer?.status === 'found'
    ? answer.records.filter((record) => wanted.length === 0 || wanted.some((code) => hasCode(code, record)))
    : [];

function hasCode(code: string, address: string): boolean {
  const parts = address.split('.');
  return code.split('.').every((wanted, index) => {
    if (wanted === '*') return true;
    const [from = 0, to = from] = wanted.split('-').map(Number);
    const part = Number(parts[index]);
    return part >= from && part <= to;
  });
}

const failureOf = ({ zone, answer }: ZoneAnswer): string =>
  `${zone}: ${answer.status === 'failed' ? answer.message : answer.status}`;

function unanswered(zones: readonly ZoneAnswer[]): string {
  const failures = zones.filter(({ answer }) => answer.status === 'failed');
  return failures.length === 0 ? '' : ` No answer from ${failures.map(failureOf).join('; ')}.`;
}
