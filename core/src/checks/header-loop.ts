/** Check 28: a mail that goes round in circles, told by the number of servers that it has passed (RFC 5321 §6.3). */
import { z } from 'zod';
import { defineCheck, observed } from './check.ts';

interface LoopFact {
  /** Received fields. */
  readonly hops: number;
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
  async gather({ observed: mail }) {
    return observed({ hops: mail.header().fields.get('received')?.length ?? 0 });
  },
  judge(fact: LoopFact, { maxHops }) {
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
