/** Check 28: a mail that goes round in circles, told by the number of servers that it has passed (RFC 5321 §6.3). */
import { z } from 'zod';
import { defineCheck, observed } from './check.ts';

interface LoopFact {
  /** Received fields. */
  readonly hops: number;
  /** Those of them that this edge wrote; left out if none. */
  readonly own?: number;
}

export const headerLoop = defineCheck({
  number: 28,
  name: 'header-loop',
  phase: 'data',
  standing: 'safety',
  title: 'Mail loops',
  help: 'Every server that a mail passes leaves a Received header. A mail with very many of them goes round in circles, mostly because a route leads back to us.',
  modes: ['reject'],
  settings: z.object({
    maxOwn: z
      .number()
      .int()
      .min(1)
      .max(20)
      .default(3)
      .describe(
        'Times that a mail may have come through this service before, such as by a forward to another domain',
      ),
    maxHops: z.number().int().min(10).max(100).default(50).describe('Servers that a mail may have passed'),
  }),
  presets: { relaxed: { mode: 'reject' }, balanced: { mode: 'reject' }, strict: { mode: 'reject' } },
  reasons: {
    'mail-loop': {
      title: 'Goes round in circles',
      code: 550,
      enhanced: '5.4.6',
      text: 'Refused: the message goes round in circles',
    },
  },
  async gather({ observed: mail, own }) {
    const received = mail.header().fields.get('received') ?? [];
    const ours = own === undefined ? 0 : received.filter((value) => isBy(value, own.hostname)).length;
    return observed(ours === 0 ? { hops: received.length } : { hops: received.length, own: ours });
  },
  judge(fact: LoopFact, { maxHops, maxOwn }) {
    if (fact.own !== undefined && fact.own > maxOwn) {
      const sentence = `The mail has come through this service ${fact.own} times before, more than ${maxOwn}: it goes round in circles.`;
      return { result: 'fail', reason: 'mail-loop', sentence };
    }
    const passed = `The mail has passed ${fact.hops} servers`;
    return fact.hops > maxHops
      ? {
          result: 'fail',
          reason: 'mail-loop',
          sentence: `${passed}, more than ${maxHops}: it goes round in circles.`,
        }
      : { result: 'pass', sentence: `${passed}.` };
  },
});

/** Whether a Received field was written by the host (RFC 5321 §4.4); a name without a dot is anybody's. */
function isBy(received: string, hostname: string): boolean {
  if (!hostname.includes('.')) return false;
  const by = /\bby\s{1,20}([^\s;()]{1,255})/i.exec(received.slice(0, 2000))?.[1];
  return by?.toLowerCase() === hostname.toLowerCase();
}
