/** Check 14: whether the domain of the envelope sender could be written back to (RFC 5321 §5.1, RFC 7505). */
import { z } from 'zod';
import type { Resolver } from '../ports/resolver.ts';
import { domainOf } from './alignment.ts';
import { defineCheck, observed, type Gathered } from './check.ts';

type ResolvesFact = {
  /** Seconds for which the answer held. */
  readonly ttl?: number;
} & (
  | { readonly mx: readonly string[] }
  /** There is no MX record; mail goes to the address of the name itself. */
  | { readonly address: string }
  | { readonly none: 'no-name' | 'no-data' }
);

const maxExchangers = 3;

export const senderResolves = defineCheck({
  number: 14,
  name: 'sender-resolves',
  phase: 'mail',
  standing: 'ordinary',
  asksNow: true,
  title: 'Sender can be answered',
  help: 'Asks DNS whether the domain of the envelope sender takes mail at all. A mail from a domain that does not exist, or says that it never takes mail, could not be answered.',
  modes: ['off', 'observe', 'score', 'reject', 'defer'],
  settings: z.object({
    nullMx: z
      .boolean()
      .default(true)
      .describe('A domain that says that it takes no mail (null MX) fails, as one that does not exist'),
  }),
  presets: {
    relaxed: { mode: 'score', weight: 2 },
    balanced: { mode: 'score', weight: 4 },
    strict: { mode: 'reject' },
  },
  reasons: {
    // RFC 3463 §3.2
    'sender-unresolvable': {
      title: 'Sender domain takes no mail',
      code: 550,
      enhanced: '5.1.8',
      text: 'Refused: the domain of the envelope sender does not exist or has no mail server',
    },
    // RFC 7505 §4.2
    'sender-null-mx': {
      title: 'Sender domain wants no mail',
      code: 550,
      enhanced: '5.7.27',
      text: 'Refused: the domain of the envelope sender says that it takes no mail (null MX)',
    },
  },
  async gather({ envelope, resolver, clientIsPrivate, deadlineMs }) {
    if (clientIsPrivate) return { status: 'skipped', why: 'private-client' };
    if (envelope.sender === '') return { status: 'skipped', why: 'null-sender' };
    const domain = domainOf(envelope.sender).replace(/\.$/, '');
    return domain.startsWith('[') ? { status: 'nothing' } : ask(domain, resolver, deadlineMs);
  },
  judge(fact: ResolvesFact, { nullMx }, { envelope }) {
    const domain = domainOf(envelope.sender).slice(0, 255);
    if ('address' in fact) {
      return { result: 'pass', sentence: `${domain} has no MX record, but the address ${fact.address}.` };
    }
    if ('none' in fact) {
      const sentence =
        fact.none === 'no-name'
          ? `The domain of the sender, ${domain}, does not exist.`
          : `The domain of the sender, ${domain}, has neither an MX record nor an address.`;
      return { result: 'fail', reason: 'sender-unresolvable', sentence };
    }
    if (!fact.mx.every(isNull)) {
      return { result: 'pass', sentence: `Mail for ${domain} is taken by ${fact.mx.join(', ')}.` };
    }
    const sentence = `${domain} says that it takes no mail (MX ${fact.mx[0]})`;
    return nullMx
      ? { result: 'fail', reason: 'sender-null-mx', sentence: `${sentence}.` }
      : { result: 'none', sentence: `${sentence}; that does not count here.` };
  },
});

/** `0 .` */
const isNull = (record: string): boolean => record.endsWith(' .');

async function ask(domain: string, resolver: Resolver, deadlineMs: number): Promise<Gathered<ResolvesFact>> {
  const mx = await resolver.resolve(domain, 'MX', { deadlineMs });
  if (mx.status === 'failed') return { status: 'error', message: mx.message };
  if (mx.status === 'no-name') return observed({ none: 'no-name' });
  if (mx.status === 'found') return observed({ mx: mx.records.slice(0, maxExchangers), ...ttlOf(mx) });
  const answers = await Promise.all(
    (['A', 'AAAA'] as const).map((type) => resolver.resolve(domain, type, { deadlineMs })),
  );
  const found = answers.find((answer) => answer.status === 'found');
  if (found?.status === 'found') return observed({ address: found.records[0] ?? '', ...ttlOf(found) });
  const failed = answers.find((answer) => answer.status === 'failed');
  return failed?.status === 'failed'
    ? { status: 'error', message: failed.message }
    : observed({ none: 'no-data' });
}

const ttlOf = ({ ttl }: { readonly ttl?: number }): { readonly ttl?: number } =>
  ttl === undefined ? {} : { ttl };
