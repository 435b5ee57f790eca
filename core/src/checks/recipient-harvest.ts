/** Check 22: a client that tries out addresses until one exists: slowed down, then told to come another time. */
import { z } from 'zod';
import { defineCheck, observed } from './check.ts';
import { siteOf } from './client-address.ts';

/** Made only when the client has just named a recipient that does not exist. */
interface HarvestFact {
  /** Unknown recipients of this connection, and of the client's address within an hour, this one included. */
  readonly session: number;
  readonly hour: number;
  /** Only this edge counted. */
  readonly alone?: true;
}

interface HarvestSettings {
  readonly maxSession: number;
  readonly maxHour: number;
  readonly slowAfter: number;
  readonly slowMs: number;
}

const hourMs = 3_600_000;

const most = (fallback: number) => z.number().int().min(1).max(10_000).default(fallback);

export const recipientHarvest = defineCheck({
  number: 22,
  name: 'recipient-harvest',
  phase: 'rcpt',
  standing: 'ordinary',
  title: 'Searches for addresses',
  help: 'Whoever names many recipients that do not exist is guessing. The answers become slow, then the connection ends. Recipients that exist are always taken.',
  modes: ['off', 'observe', 'reject'],
  immediate: true,
  settings: z.object({
    maxSession: most(20).describe('Unknown recipients of one connection'),
    maxHour: most(100).describe('Unknown recipients of one client address within an hour, for this domain'),
    slowAfter: most(5).describe('Unknown recipients of one connection after which the answers become slow'),
    slowMs: z
      .number()
      .int()
      .min(0)
      .max(10_000)
      .default(2_000)
      .describe('How long a slow answer takes, in milliseconds'),
  }),
  presets: {
    relaxed: { mode: 'observe' },
    balanced: { mode: 'reject' },
    strict: { mode: 'reject', settings: { maxSession: 10, maxHour: 40, slowAfter: 3 } },
  },
  reasons: {
    'recipient-harvest': {
      title: 'Searches for addresses',
      code: 421,
      enhanced: '4.7.1',
      text: 'Too many unknown recipients; try again later',
    },
  },
  async gather({ edge, envelope }) {
    // Of a mail that has come all recipients exist; what its client tried before is not held against it.
    if (edge?.connection.namesUnknown !== true) return { status: 'nothing' };
    const counted = await edge.counters.add(`harvest:${edge.domainId}:${siteOf(envelope.ip)}`, hourMs);
    return observed({
      session: edge.connection.unknownRecipients,
      hour: counted.value,
      ...(counted.shared ? {} : { alone: true as const }),
    });
  },
  judge(fact: HarvestFact, settings) {
    const { session, hour, alone } = fact;
    const note = alone === true ? ', counted by this edge alone' : '';
    const sentence = `The client named ${session} unknown recipients in this connection, and ${hour} within an hour${note}.`;
    return isOver(fact, settings)
      ? { result: 'fail', reason: 'recipient-harvest', sentence }
      : { result: 'none', sentence };
  },
});

const isOver = ({ session, hour }: HarvestFact, { maxSession, maxHour }: HarvestSettings): boolean =>
  session > maxSession || hour > maxHour;

/** How long the refusal of an unknown recipient is kept back, in ms. Takes a fact and settings of this check. */
export function slowDownMs(fact: unknown, settings: unknown): number {
  const { slowAfter, slowMs } = settings as HarvestSettings;
  return (fact as HarvestFact).session > slowAfter ? slowMs : 0;
}
