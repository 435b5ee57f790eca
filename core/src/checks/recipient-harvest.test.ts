/** Who guesses addresses. */
import { describe, expect, it } from 'vitest';
import { concluded, gathered } from './check-specification.ts';
import { edgeInMemory } from './edge-specification.ts';
import { recipientHarvest, slowDownMs } from './recipient-harvest.ts';

const nth = (unknownRecipients: number) => ({ unknownRecipients, namesUnknown: true as const });

describe('recipient-harvest', () => {
  it('ends a connection that named too many', async () => {
    const edge = edgeInMemory();
    const name = (count: number) =>
      concluded(recipientHarvest, {
        edge: edge.view({ connection: nth(count) }),
        settings: { maxSession: 2 },
      });
    expect(await name(1)).toMatchObject({ result: 'none' });
    expect(await name(2)).toMatchObject({ result: 'none' });
    expect(await name(3)).toEqual({
      result: 'fail',
      reason: 'recipient-harvest',
      sentence:
        'The client named 3 unknown recipients in this connection, and 3 within an hour, counted by this edge alone.',
    });
  });

  it('remembers a client for an hour, over its connections', async () => {
    const edge = edgeInMemory();
    const name = () =>
      concluded(recipientHarvest, { edge: edge.view({ connection: nth(1) }), settings: { maxHour: 2 } });
    expect([(await name()).result, (await name()).result, (await name()).result]).toEqual([
      'none',
      'none',
      'fail',
    ]);
    edge.wait({ hours: 1 });
    expect(await name()).toMatchObject({ result: 'none' });
  });

  it('counts nothing where the recipient exists', async () => {
    const edge = edgeInMemory().view({ connection: { unknownRecipients: 5 } });
    expect(await gathered(recipientHarvest, { edge })).toEqual({ status: 'nothing' });
  });

  it('slows down who goes on', () => {
    const settings = recipientHarvest.settings.parse({ slowAfter: 2, slowMs: 700 });
    expect(slowDownMs({ session: 2, hour: 2 }, settings)).toBe(0);
    expect(slowDownMs({ session: 3, hour: 3 }, settings)).toBe(700);
  });
});
