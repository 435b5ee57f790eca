/** Check 16: the domains of sender, From and HELO on DNS lists of domains (RFC 5782 §2.3). */
import { getDomain } from 'tldts';
import { z } from 'zod';
import type { Resolver } from '../ports/resolver.ts';
import { domainOf } from './alignment.ts';
import { defineCheck, observed, type Gathered, type GatherInput } from './check.ts';
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

const places = ['sender', 'from', 'helo'] as const;

interface RhsblFact {
  /** What was asked of every zone: the domains as registered. */
  readonly domains: readonly string[];
  readonly zones: readonly string[];
  /** Answers that are more than “not listed”. */
  readonly answers: readonly (ZoneAnswer & { readonly domain: string })[];
}

const maxDomains = 5;

export const rhsbl = defineCheck({
  number: 16,
  name: 'rhsbl',
  phase: 'data',
  standing: 'ordinary',
  asksNow: true,
  title: 'DNS lists of domains',
  help: 'Asks public DNS lists whether the domains of the envelope sender, of the From header and of HELO are known for unwanted mail. Each list that knows one adds its points.',
  modes: ['off', 'observe', 'score', 'reject'],
  settings: z.object({
    zones: z
      .array(z.object({ zone: zoneName, points: listPoints.default(3), codes: returnCodes }))
      .max(20)
      .default([{ zone: 'dbl.spamhaus.org', points: 6, codes: ['127.0.1.2-99'] }])
      .describe('Lists of domains, the points of each, and which of its answers count'),
    look: z
      .array(z.enum(places))
      .default([...places])
      .describe('Which domains are asked for: sender, from, helo'),
    threshold: listPoints.default(1).describe('Points from which the check has failed'),
  }),
  presets: { relaxed: { mode: 'score' }, balanced: { mode: 'score' }, strict: { mode: 'score' } },
  reasons: {
    'domain-blocklisted': {
      title: 'Sender domain on a DNS block list',
      code: 550,
      enhanced: '5.7.1',
      text: 'Refused: a domain that your mail names as its sender is on a DNS block list',
    },
  },
  async gather(input, { zones, look }) {
    if (input.clientIsPrivate) return { status: 'skipped', why: 'private-client' };
    const names = [...new Set(zones.map(({ zone }) => zone.toLowerCase()))];
    if (names.length === 0) return { status: 'nothing' };
    const domains = await domainsIn(input, look);
    return domains.length === 0
      ? { status: 'nothing' }
      : ask(domains, names, input.resolver, input.deadlineMs);
  },
  judge(fact: RhsblFact, { zones, threshold }) {
    const note = unanswered(fact.answers);
    const hits = zones.flatMap(({ zone, points, codes }) => {
      const words = fact.answers
        .filter((one) => one.zone === zone.toLowerCase())
        .flatMap(({ domain, answer }) => {
          const found = listings(answer, codes);
          return found.length === 0 ? [] : [`${domain} is listed by ${zone} (${found.join(', ')})`];
        });
      return words.length === 0 ? [] : [{ points, zone: zone.toLowerCase(), words: words.join(' and ') }];
    });
    const asked = fact.domains.join(', ');
    if (hits.length === 0) {
      return { result: 'pass', sentence: `No list knows ${asked}.${note}` };
    }
    const sum = sumOfPoints(hits);
    const listed = `${hits.map(({ words }) => words).join(' and ')}: ${sum} points`;
    const sources = hits.map(({ zone }) => zone);
    return sum >= threshold
      ? { result: 'fail', reason: 'domain-blocklisted', score: sum, sentence: `${listed}.${note}`, sources }
      : { result: 'none', sentence: `${listed}, fewer than the ${threshold} that count.${note}` };
  },
  unasked(fact: RhsblFact, { zones }) {
    return zones.map(({ zone }) => zone.toLowerCase()).filter((zone) => !fact.zones.includes(zone));
  },
});

/** As registered under a public suffix: names below it are as many as a spammer likes. */
async function domainsIn(
  { envelope, observed: mail }: GatherInput,
  look: readonly (typeof places)[number][],
): Promise<readonly string[]> {
  const names: string[] = [];
  if (look.includes('sender') && envelope.sender !== '') names.push(domainOf(envelope.sender));
  if (look.includes('from')) {
    const { from } = await mail.message();
    names.push(...from.map(({ address }) => domainOf(address)));
  }
  if (look.includes('helo')) names.push(envelope.helo);
  const registered = names.map((name) => getDomain(name, { allowPrivateDomains: true }));
  return [...new Set(registered.filter((name) => name !== null))].slice(0, maxDomains);
}

async function ask(
  domains: readonly string[],
  zones: readonly string[],
  resolver: Resolver,
  deadlineMs: number,
): Promise<Gathered<RhsblFact>> {
  const questions = domains.flatMap((domain) => zones.map((zone) => ({ domain, zone })));
  const all = await Promise.all(
    questions.map(async ({ domain, zone }) => ({
      zone,
      domain,
      answer: await askZone(resolver, domain, zone, deadlineMs),
    })),
  );
  const failures = all.filter(({ answer }) => answer.status === 'failed');
  if (failures.length === all.length) {
    return { status: 'error', message: `no list answered (${failures.map(failureOf).join('; ')})` };
  }
  const answers = all.filter(({ answer }) => answer.status === 'found' || answer.status === 'failed');
  return observed({ domains, zones, answers });
}
