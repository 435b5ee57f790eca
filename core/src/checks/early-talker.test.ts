/** Whether a client waited for the greeting. */
import { describe, expect, it } from 'vitest';
import { concluded } from './check-specification.ts';
import { earlyTalker } from './early-talker.ts';

describe('early-talker', () => {
  it('fails a client that spoke before the greeting', async () => {
    expect(await concluded(earlyTalker, { envelope: { earlyTalker: true } })).toEqual({
      result: 'fail',
      reason: 'early-talker',
      sentence: 'The client spoke before the greeting.',
    });
  });

  it('passes one that waited', async () => {
    expect(await concluded(earlyTalker)).toEqual({
      result: 'pass',
      sentence: 'The client waited for the greeting.',
    });
  });
});
