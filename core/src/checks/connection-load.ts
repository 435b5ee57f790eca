/** Check 1: whether this edge has room for another connection: processor, outbox and disk (RFC 5321 §3.8). */
import { z } from 'zod';
import { defineCheck, observed } from './check.ts';
import type { EdgeLoad } from './edge-view.ts';

/** What was seen, beside what the operator allows at that time. */
interface LoadFact {
  readonly load: EdgeLoad;
  readonly limits: LoadLimits;
}

interface LoadLimits {
  readonly maxLoad: number;
  readonly maxWaiting: number;
  readonly minFreeMiB: number;
}

export const connectionLoad = defineCheck({
  number: 1,
  name: 'connection-load',
  phase: 'connect',
  standing: 'ordinary',
  scope: 'service',
  immediate: true,
  title: 'Load of this machine',
  help: 'Asks senders to come again later while this machine is too busy, holds too many mails that nobody has taken from it, or runs out of disk.',
  modes: ['off', 'observe', 'reject'],
  settings: z.object({
    maxLoad: z
      .number()
      .min(0)
      .max(1_000)
      .default(0)
      .describe('Load average of a minute, per processor, from which nobody gets in; 0: not looked at'),
    maxWaiting: z
      .number()
      .int()
      .min(0)
      .default(1_000_000)
      .describe('Mails and decisions in the outbox from which nobody gets in; 0: not looked at'),
    minFreeMiB: z
      .number()
      .int()
      .min(0)
      .default(128)
      .describe('MiB free under the outbox below which nobody gets in'),
  }),
  presets: { relaxed: { mode: 'reject' }, balanced: { mode: 'reject' }, strict: { mode: 'reject' } },
  reasons: {
    'connection-load': {
      title: 'This machine is too busy',
      code: 421,
      enhanced: '4.3.2',
      text: 'Too busy at the moment; try again later',
    },
  },
  async gather({ edge }, limits) {
    const load = edge?.connection.load;
    return load === undefined ? { status: 'nothing' } : observed({ load, limits });
  },
  judge({ load, limits }: LoadFact) {
    const faults = [
      limits.maxLoad > 0 && load.perCore > limits.maxLoad
        ? `its load is ${load.perCore} per processor, more than ${limits.maxLoad}`
        : '',
      limits.maxWaiting > 0 && load.waiting > limits.maxWaiting
        ? `${load.waiting} items wait in its outbox, more than ${limits.maxWaiting}`
        : '',
      load.freeMiB < limits.minFreeMiB
        ? `${load.freeMiB} MiB of disk are free, fewer than ${limits.minFreeMiB}`
        : '',
    ].filter((fault) => fault !== '');
    return faults.length === 0
      ? { result: 'pass', sentence: 'This machine had room.' }
      : {
          result: 'fail',
          reason: 'connection-load',
          sentence: `This machine was too busy: ${faults.join('; ')}.`,
        };
  },
});
