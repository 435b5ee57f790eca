/** Check 39: domains that the links of a mail lead to, on DNS lists (RFC 5782), and links that deceive. */
import { z } from 'zod';
import { linkFacts, type LinkFacts } from '../message/link-hosts.ts';
import { asciiDomain } from '../message/punycode.ts';
import type { MessageLink } from '../ports/message-inspector.ts';
import type { DnsAnswer, Resolver } from '../ports/resolver.ts';
import { brandNamed } from './brands.ts';
import { defineCheck, observed } from './check.ts';
import { reversedAddress } from './client-address.ts';
import { askZone, listPoints, listings, returnCodes, sumOfPoints, zoneName } from './dns-lists.ts';
import { domainPattern, namesDomain } from './patterns.ts';

/** What a zone said of one domain or address; nothing is written where it knows nothing of it. */
interface Listing {
  readonly zone: string;
  readonly name: string;
  readonly answer: DnsAnswer;
}

/** What is empty is left out: it is recorded with every mail. */
interface UriblFact extends Partial<LinkFacts> {
  /** Zones that were asked. */
  readonly zones?: readonly string[];
  readonly listings?: readonly Listing[];
}

const penalty = z.number().min(0).max(100);

export const uribl = defineCheck({
  number: 39,
  name: 'uribl',
  phase: 'data',
  standing: 'ordinary',
  asksNow: true,
  readsContent: true,
  title: 'Links',
  help: 'Asks public DNS lists about the domains that the links of a mail lead to, and looks for links that show one domain and lead to another, for domains in look-alike letters, and for services that hide the target.',
  modes: ['off', 'observe', 'score', 'reject'],
  settings: z.object({
    zones: z
      .array(
        z.object({
          zone: zoneName,
          points: listPoints.default(3),
          codes: returnCodes,
          of: z
            .enum(['domain', 'address'])
            .default('domain')
            .describe('domain: asked about the domain; address: about the addresses of the domain'),
        }),
      )
      .max(20)
      .default([
        { zone: 'dbl.spamhaus.org', points: 6, codes: ['127.0.1.2-99'], of: 'domain' },
        { zone: 'multi.surbl.org', points: 5, codes: ['127.0.0.&252'], of: 'domain' },
        { zone: 'multi.uribl.com', points: 4, codes: ['127.0.0.&2'], of: 'domain' },
      ])
      .describe('Lists, the points of each, and which of its answers count'),
    ignore: z
      .array(domainPattern)
      .max(1000)
      .default([])
      .describe('Domains that are never asked about, beside those that everybody links to'),
    maxDomains: z
      .number()
      .int()
      .min(1)
      .max(50)
      .default(15)
      .describe('Domains of one mail that are asked about'),
    mismatch: penalty.default(1).describe('Points for a link that shows one domain and leads to another'),
    lookalike: penalty.default(4).describe('Points for a domain in letters that imitate others'),
    shortener: penalty.default(0.5).describe('Points for links through services that hide the target'),
    address: penalty.default(2).describe('Points for links to a bare IP address'),
    threshold: listPoints.default(1).describe('Points from which the check has failed'),
  }),
  presets: {
    relaxed: { mode: 'score', settings: { mismatch: 0.5, shortener: 0 } },
    balanced: { mode: 'score' },
    strict: { mode: 'reject', settings: { threshold: 5, mismatch: 2, shortener: 1 } },
  },
  reasons: {
    'link-listed': {
      title: 'Link on a DNS block list',
      code: 550,
      enhanced: '5.7.1',
      text: 'Refused: a domain that the message links to is on a DNS block list',
    },
    'link-deceptive': {
      title: 'Link that deceives',
      code: 550,
      enhanced: '5.7.1',
      text: 'Refused: a link of the message leads elsewhere than it shows',
    },
  },
  async gather({ observed: mail, resolver, deadlineMs }, settings) {
    const message = await mail.message();
    const links = [...message.links, ...linksIn(message.subject)];
    if (links.length === 0) return { status: 'nothing' };
    const isBrand = (text: string): boolean => brandNamed(text) !== undefined;
    const found = linkFacts(links, { isBrand, maxDomains: settings.maxDomains });
    const ignored = [...everybody, ...settings.ignore];
    const domains = found.domains.filter((name) => !ignored.some((text) => namesDomain(text, name)));
    const asking = { resolver, deadlineMs };
    const answers = await Promise.all(
      settings.zones.map((one) => askAbout(one, { domains, addresses: found.addresses }, asking)),
    );
    const zones = [...new Set(settings.zones.map(({ zone }) => zone.toLowerCase()))];
    return observed(filled({ ...found, zones, listings: answers.flat() }));
  },
  judge(fact: UriblFact, settings) {
    const listed = settings.zones.flatMap(({ zone, points, codes }) => {
      const hits = (fact.listings ?? []).filter(
        (one) => one.zone === zone.toLowerCase() && listings(one.answer, codes).length > 0,
      );
      const names = hits.map(({ name, answer }) => `${name} (${listings(answer, codes).join(', ')})`);
      return names.length === 0
        ? []
        : [{ zone, points, words: `${names.join(' and ')} is listed by ${zone}` }];
    });
    const deceptions = deceptionsOf(fact, settings);
    const sum = sumOfPoints([...listed, ...deceptions]);
    const note = noteOf(fact);
    const words = [...listed, ...deceptions].map((one) => one.words).join('; ');
    if (words === '') {
      return { result: 'pass', sentence: `Nothing is known against ${countOf(fact)}.${note}` };
    }
    if (sum < settings.threshold) {
      const sentence = `${words}: ${sum} points, fewer than the ${settings.threshold} that count.${note}`;
      return { result: 'none', sentence };
    }
    return {
      result: 'fail',
      reason: listed.length > 0 ? 'link-listed' : 'link-deceptive',
      score: sum,
      sentence: `${words}: ${sum} points.${note}`,
      sources: listed.map(({ zone }) => zone.toLowerCase()),
    };
  },
  unasked(fact: UriblFact, { zones }) {
    return zones.map(({ zone }) => zone.toLowerCase()).filter((zone) => fact.zones?.includes(zone) !== true);
  },
});

const filled = (fact: Required<UriblFact>): UriblFact =>
  Object.fromEntries(Object.entries(fact).filter(([, some]) => some.length > 0));

/** Links that a subject spells out. */
const linksIn = (subject: string): readonly MessageLink[] =>
  [...subject.slice(0, 1000).matchAll(/\bhttps?:\/\/[^\s<>"]{3,500}/giu)].map(([href]) => ({
    href,
    text: '',
  }));

interface Named {
  readonly domains: readonly string[];
  readonly addresses: readonly string[];
}

interface Asking {
  readonly resolver: Resolver;
  readonly deadlineMs: number;
}

/** What the zone knows; of failures the first alone. */
async function askAbout(
  { zone: written, of }: { readonly zone: string; readonly of: 'domain' | 'address' },
  { domains, addresses }: Named,
  asking: Asking,
): Promise<readonly Listing[]> {
  const zone = written.toLowerCase();
  const ask = async (name: string, question: string): Promise<Listing> => ({
    zone,
    name,
    answer: await askZone(asking.resolver, question, zone, asking.deadlineMs),
  });
  const all = await Promise.all(
    of === 'domain'
      ? domains.map((name) => ask(name, asciiDomain(name) ?? name))
      : (await addressesOf(domains, addresses, asking)).map(([name, ip]) => ask(name, reversedAddress(ip))),
  );
  const failed = all.find(({ answer }) => answer.status === 'failed');
  const known = all.filter(({ answer }) => answer.status === 'found').slice(0, 10);
  return failed === undefined ? known : [...known, failed];
}

/** The addresses of the links and of the domains, two of each. */
async function addressesOf(
  domains: readonly string[],
  addresses: readonly string[],
  { resolver, deadlineMs }: Asking,
): Promise<readonly (readonly [name: string, ip: string])[]> {
  const resolved = await Promise.all(
    domains.map(async (name) => {
      const answer = await resolver.resolve(asciiDomain(name) ?? name, 'A', { deadlineMs });
      const records = answer.status === 'found' ? answer.records.slice(0, 2) : [];
      return records.map((ip) => [name, ip] as const);
    }),
  );
  return [...addresses.map((ip) => [ip, ip] as const), ...resolved.flat()];
}

interface Penalties {
  readonly mismatch: number;
  readonly lookalike: number;
  readonly shortener: number;
  readonly address: number;
}

function deceptionsOf(
  { mismatches = [], lookalikes = [], shorteners = [], addresses = [] }: UriblFact,
  points: Penalties,
): readonly { readonly points: number; readonly words: string }[] {
  const [mismatch] = mismatches;
  const [shown, target] = mismatch?.split(' > ') ?? [];
  return [
    { on: mismatches, points: points.mismatch, words: `a link shows ${shown} and leads to ${target}` },
    { on: lookalikes, points: points.lookalike, words: `${lookalikes.join(' and ')} imitates another name` },
    { on: shorteners, points: points.shortener, words: `${shorteners.join(' and ')} hides where links lead` },
    { on: addresses, points: points.address, words: `a link leads to the bare address ${addresses[0]}` },
  ].filter(({ on, points: some }) => on.length > 0 && some > 0);
}

function noteOf({ listings: all = [] }: UriblFact): string {
  const failed = all.filter(({ answer }) => answer.status === 'failed').map(({ zone }) => zone);
  return failed.length === 0 ? '' : ` No answer from ${[...new Set(failed)].join(' and ')}.`;
}

function countOf({ domains = [], addresses = [] }: UriblFact): string {
  const count = domains.length + addresses.length;
  if (count === 0) return 'the links of the mail';
  return domains.length === 1 && count === 1
    ? String(domains[0])
    : `the ${count} domains that the mail links to`;
}

/** Nobody lists them, and half of all mail links to one: questions spared. */
const everybody: readonly string[] =
  'google.com googleapis.com gstatic.com youtube.com facebook.com instagram.com linkedin.com twitter.com x.com microsoft.com apple.com amazon.com wikipedia.org w3.org github.com paypal.com mozilla.org adobe.com'.split(
    ' ',
  );
