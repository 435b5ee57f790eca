/** How large a mail may be. */
import { describe, expect, it } from 'vitest';
import { envelopeOf, observationsOf, viewOf } from './check-specification.ts';
import { size } from './size.ts';

async function judgeSize(bytes: number | undefined, settings: object = {}) {
  const parsed = size.settings.parse(settings);
  const gathered = await size.gather(
    {
      envelope: envelopeOf(),
      observed: { ...observationsOf({}), size: () => bytes },
      resolver: { resolve: async () => ({ status: 'no-name' }) },
      clientIsPrivate: false,
      deadlineMs: 1_000,
    },
    parsed,
  );
  return gathered.status === 'observed' ? size.judge(gathered.fact, parsed, viewOf()) : gathered;
}

describe('size', () => {
  it('takes what is as large as allowed, and nothing larger', async () => {
    expect(await judgeSize(2_048, { maxBytes: 2_048 })).toEqual({
      result: 'pass',
      sentence: 'The mail has 2048 bytes; 2048 are allowed.',
    });
    expect(await judgeSize(2_049, { maxBytes: 2_048 })).toEqual({
      result: 'fail',
      reason: 'size-exceeded',
      sentence: 'The mail has 2049 bytes, more than the 2048 that are allowed.',
    });
  });

  it('says nothing while no size is known', async () => {
    expect(await judgeSize(undefined)).toEqual({ status: 'nothing' });
  });
});
