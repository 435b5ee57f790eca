import { describe, expect, it } from 'vitest';
import type { Feed } from '../handover/feed.ts';
import { ok, refuse, type Result } from '../kernel/result.ts';
import type { IntakeRefusal } from '../ports/intake.ts';
import type { Replica } from '../ports/replica.ts';
import { followFeed, type FeedNotice } from './follow-feed.ts';

type Answer = Result<Feed, IntakeRefusal>;

const feed = (next: string, changes: Partial<Feed> = {}): Answer =>
  ok({ domains: [], serviceLists: [], next, more: false, ...changes });
const away: Answer = refuse('unavailable', 'nobody there');

/** A replica that only remembers positions, and an intake that gives its answers in order and then tells to stop. */
async function follow(answers: readonly Answer[], refusals: readonly string[] = []) {
  const stop = new AbortController();
  const asked: (readonly [string | undefined, number])[] = [];
  const slept: number[] = [];
  const applied: (readonly [string, string])[] = [];
  const notices: FeedNotice[] = [];
  let position: string | undefined;
  let isReady = false;
  const replica: Replica = {
    domain: () => undefined,
    domainById: () => undefined,
    isReady: () => isReady,
    confirmedAt: () => undefined,
    position: () => position,
    apply(next, at) {
      if (refusals.includes(next.next)) throw new Error('disk full');
      position = next.next;
      isReady ||= !next.more;
      applied.push([next.next, at]);
    },
    close: () => undefined,
  };
  await followFeed(
    {
      replica,
      clock: { now: () => '2026-11-22T10:00:00.000Z' },
      pause: { sleep: async (ms) => void slept.push(ms) },
      intake: {
        async feed(after, waitMs) {
          asked.push([after, waitMs]);
          if (asked.length === answers.length) stop.abort();
          return answers[asked.length - 1]!;
        },
      },
    },
    stop.signal,
    (notice) => notices.push(notice),
  );
  return { asked, slept, applied, notices };
}

describe('following the feed', () => {
  it('given a new edge, asks from the start without waiting, and then waits for changes after what it has', async () => {
    const { asked, applied } = await follow([feed('5', { more: true }), feed('9'), feed('9'), feed('12')]);
    expect(asked).toEqual([
      [undefined, 0],
      ['5', 0],
      ['9', 25_000],
      ['9', 25_000],
    ]);
    expect(applied.map(([next]) => next)).toEqual(['5', '9', '9', '12']);
  });

  it('given a feed without changes, confirms by it that the replica is current', async () => {
    const { applied } = await follow([feed('9'), feed('9')]);
    expect(applied).toEqual([
      ['9', '2026-11-22T10:00:00.000Z'],
      ['9', '2026-11-22T10:00:00.000Z'],
    ]);
  });

  it('given an intake that is away, waits longer each time, and says when it is back', async () => {
    const { slept, notices } = await follow([away, away, away, feed('9', { more: true }), feed('10')]);
    expect(slept.slice(0, 3)).toEqual([1_000, 2_000, 4_000]);
    expect(notices.map(({ kind }) => kind)).toEqual(['away', 'away', 'away', 'back']);
  });

  it('given a replica that cannot store, asks for the same again', async () => {
    const { asked, notices } = await follow([feed('9'), feed('9')], ['9']);
    expect(asked).toEqual([
      [undefined, 0],
      [undefined, 0],
    ]);
    expect(notices[0]).toMatchObject({ kind: 'away', message: expect.stringContaining('disk full') });
  });

  it('given an intake that answers at once with nothing, does not ask in a circle', async () => {
    const { slept } = await follow([feed('9'), feed('9'), feed('9')]);
    expect(slept.every((ms) => ms > 0) && slept.length >= 2).toBe(true);
  });
});
