/** Check 2: how many connections a client opens, in a minute and at once, by its address and by its network. */
import { z } from 'zod';
import type { Counted } from '../ports/shared-counters.ts';
import { type Gathered, defineCheck, observed } from './check.ts';
import { networkOf, siteOf } from './client-address.ts';
import type { EdgeView } from './edge-view.ts';

/** One count beside its limit. */
interface RateCount {
  readonly of: 'address' | 'network' | 'at-once';
  readonly who: string;
  readonly value: number;
  readonly limit: number;
}

interface RateFact {
  readonly counts: readonly RateCount[];
  /** Only this edge counted. */
  readonly alone?: true;
}

const limit = (fallback: number) => z.number().int().min(0).max(1_000_000).default(fallback);

const minuteMs = 60_000;

interface RateSettings {
  readonly perAddress: number;
  readonly perNetwork: number;
  readonly atOnce: number;
  readonly countPrivate: boolean;
}

export const connectionRate = defineCheck({
  number: 2,
  name: 'connection-rate',
  phase: 'connect',
  standing: 'ordinary',
  scope: 'service',
  immediate: true,
  title: 'Connections of one client',
  help: 'Asks a client to come again later that opens more connections than any mail server needs. An address is one of IPv4, or a /64 of IPv6; a network is a /24 of IPv4, or a /48 of IPv6.',
  modes: ['off', 'observe', 'reject'],
  settings: z.object({
    perAddress: limit(300).describe('Connections a minute from one address; 0: any number'),
    perNetwork: limit(1_500).describe('Connections a minute from one network; 0: any number'),
    atOnce: limit(50).describe('Connections open at once from one address, on each edge; 0: any number'),
    countPrivate: z
      .boolean()
      .default(false)
      .describe('Count clients with loopback and private addresses too'),
  }),
  presets: { relaxed: { mode: 'reject' }, balanced: { mode: 'reject' }, strict: { mode: 'reject' } },
  reasons: {
    'connection-rate': {
      title: 'Too many connections of one client',
      code: 421,
      enhanced: '4.7.0',
      text: 'Too many connections from your address; try again later',
    },
  },
  async gather({ edge, envelope, clientIsPrivate }, settings) {
    if (edge === undefined) return { status: 'nothing' };
    if (clientIsPrivate && !settings.countPrivate) return { status: 'skipped', why: 'private-client' };
    return count(envelope.ip, settings, edge);
  },
  judge({ counts, alone }: RateFact) {
    const over = counts.filter(({ value, limit: allowed }) => value > allowed);
    const note = alone === true ? ' Counted by this edge alone.' : '';
    const words = (over.length === 0 ? counts : over).map(sentenceOf).join('; ');
    return over.length === 0
      ? { result: 'pass', sentence: `${words}.${note}` }
      : { result: 'fail', reason: 'connection-rate', sentence: `${words}.${note}` };
  },
});

const sentenceOf = ({ of, who, value, limit: allowed }: RateCount): string =>
  of === 'at-once'
    ? `${who} has ${value} connections open, ${allowed} are allowed`
    : `${who} opened ${value} connections within a minute, ${allowed} are allowed`;

async function count(ip: string, settings: RateSettings, edge: EdgeView): Promise<Gathered<RateFact>> {
  const address = siteOf(ip);
  const network = networkOf(ip);
  const add = (of: 'address' | 'network', who: string, allowed: number) =>
    allowed === 0
      ? []
      : [
          edge.counters
            .add(`rate:${who}`, minuteMs)
            .then((counted) => ({ counted, count: { of, who, value: counted.value, limit: allowed } })),
        ];
  const counted = await Promise.all([
    ...add('address', address, settings.perAddress),
    ...add('network', network, settings.perNetwork),
  ]);
  const open: readonly RateCount[] =
    settings.atOnce === 0
      ? []
      : [{ of: 'at-once', who: address, value: edge.connection.openAtOnce, limit: settings.atOnce }];
  const counts = [...counted.map((one) => one.count), ...open];
  if (counts.length === 0) return { status: 'nothing' };
  return observed({ counts, ...isAlone(counted.map((one) => one.counted)) });
}

const isAlone = (counted: readonly Counted[]): { readonly alone?: true } =>
  counted.some(({ shared }) => !shared) ? { alone: true } : {};
