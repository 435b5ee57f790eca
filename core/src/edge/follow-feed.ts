/** Keeps an edge's replica current: asks the intake for what changed, again and again, until told to stop. */
import type { Clock } from '../ports/clock.ts';
import type { IntakeClient } from '../ports/intake.ts';
import type { Pause } from '../ports/pause.ts';
import type { Replica } from '../ports/replica.ts';
import { backoffMs } from './waiting.ts';

export interface FeedPorts {
  readonly intake: Pick<IntakeClient, 'feed'>;
  readonly replica: Replica;
  readonly clock: Clock;
  readonly pause: Pause;
}

/** What an operator may want to read in a log. */
export type FeedNotice =
  | { readonly kind: 'applied'; readonly domains: number; readonly position: string }
  | { readonly kind: 'away'; readonly message: string; readonly retryInMs: number }
  | { readonly kind: 'back' };

const askMs = 25_000;
const away = { firstMs: 1_000, maxMs: 60_000 };
/** So that an intake that does not wait is not asked in a circle. */
const breathMs = 200;

/** Resolves once the signal is aborted. What was applied stays when the intake is away: an edge judges without it. */
export async function followFeed(
  ports: FeedPorts,
  signal: AbortSignal,
  tell: (notice: FeedNotice) => void = () => undefined,
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    const failure = await ask(ports, signal, tell);
    if (signal.aborted) return;
    if (failure === undefined) {
      if (failures > 0) tell({ kind: 'back' });
      failures = 0;
      continue;
    }
    failures += 1;
    const retryInMs = backoffMs(failures, away);
    tell({ kind: 'away', message: failure, retryInMs });
    await ports.pause.sleep(retryInMs, signal);
  }
}

/** One question; undefined if it was answered and stored, else what failed. */
async function ask(
  { intake, replica, clock, pause }: FeedPorts,
  signal: AbortSignal,
  tell: (notice: FeedNotice) => void,
): Promise<string | undefined> {
  const before = replica.position();
  const answer = await intake.feed(before, replica.isReady() ? askMs : 0, signal);
  if (!answer.ok) return answer.error.message;
  const feed = answer.value;
  try {
    replica.apply(feed, clock.now());
  } catch (error) {
    return `the feed cannot be stored: ${String(error)}`;
  }
  if (feed.domains.length > 0) {
    tell({ kind: 'applied', domains: feed.domains.length, position: feed.next });
  } else if (!feed.more || feed.next === before) {
    await pause.sleep(breathMs, signal);
  }
  return undefined;
}
