/** A check that says it asks nobody is true to its word: imports of old mail rely on it. */
import { describe, expect, it } from 'vitest';
import { envelopeOf, messageOf } from './check-specification.ts';
import type { GatherInput } from './check.ts';
import { allChecks } from './registry.ts';

const silent = allChecks.filter(({ asksNow }) => asksNow !== true);

describe('a check that asks nobody how things are now', () => {
  it.each(silent.map((check) => [check.name, check] as const))('%s', async (_name, check) => {
    const asked: string[] = [];
    const note = (what: string) => (): never => {
      asked.push(what);
      throw new Error('nobody is to be asked');
    };
    const input: GatherInput = {
      envelope: envelopeOf({ ip: '198.51.100.7' }),
      observed: {
        spf: note('SPF'),
        dkim: note('DKIM'),
        arc: note('ARC'),
        message: () => Promise.resolve(messageOf()),
        header: () => ({ fields: new Map(), bodyStart: 0 }),
        engine: note('an engine'),
        scan: () => Promise.resolve(undefined),
      },
      resolver: { resolve: note('DNS') },
      clientIsPrivate: false,
      deadlineMs: 1_000,
    };
    await check.gather(input, check.settings.parse({})).catch(() => undefined);
    expect(asked).toEqual([]);
  });
});
