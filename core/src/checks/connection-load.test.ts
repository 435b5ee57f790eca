/** Whether a machine lets in another connection. */
import { describe, expect, it } from 'vitest';
import { concluded, gathered } from './check-specification.ts';
import { connectionLoad } from './connection-load.ts';
import { edgeInMemory } from './edge-specification.ts';

const judgeLoad = (load: { perCore?: number; waiting?: number; freeMiB?: number }, settings: object = {}) => {
  const calm = { perCore: 0.2, waiting: 0, freeMiB: 100_000 };
  const edge = edgeInMemory().view({ connection: { load: { ...calm, ...load } } });
  return concluded(connectionLoad, { edge, settings });
};

describe('connection-load', () => {
  it('lets in where there is room', async () => {
    expect(await judgeLoad({})).toEqual({ result: 'pass', sentence: 'This machine had room.' });
  });

  it('names everything that is over its limit', async () => {
    expect(
      await judgeLoad({ perCore: 9.5, waiting: 11, freeMiB: 5 }, { maxLoad: 8, maxWaiting: 10 }),
    ).toEqual({
      result: 'fail',
      reason: 'connection-load',
      sentence:
        'This machine was too busy: its load is 9.5 per processor, more than 8; 11 items wait in its outbox, more than 10; 5 MiB of disk are free, fewer than 128.',
    });
  });

  it('does not look at the processor unless it is told to', async () => {
    expect(await judgeLoad({ perCore: 400 })).toMatchObject({ result: 'pass' });
    expect(await judgeLoad({ waiting: 400 }, { maxWaiting: 0 })).toMatchObject({ result: 'pass' });
  });

  it('says nothing where nobody looks', async () => {
    expect(await gathered(connectionLoad, { edge: edgeInMemory().view() })).toEqual({ status: 'nothing' });
    expect(await gathered(connectionLoad)).toEqual({ status: 'nothing' });
  });
});
