/** Port: the intake as an edge sees it, the one address that it knows. */
import type { Batch, BatchAnswer } from '../handover/batch.ts';
import type { BayesFeed } from '../handover/bayes-feed.ts';
import type { Feed } from '../handover/feed.ts';
import type { Refusal, Result } from '../kernel/result.ts';

/**
 * `unavailable`: nobody answered, or not as an intake that knows us would; the same may work later. `refused`: the intake
 * has read it and will not take it as it is, now or later.
 */
export type IntakeRefusal = Refusal<'unavailable' | 'refused'>;

export interface IntakeClient {
  /** Hands over items in the order of the outbox. What is in neither list of the answer is to be handed over again. */
  hand(batch: Pick<Batch, 'items'>, signal?: AbortSignal): Promise<Result<BatchAnswer, IntakeRefusal>>;
  /** What changed after a position (undefined: everything), waiting up to `waitMs` for a change. */
  feed(after: string | undefined, waitMs: number, signal?: AbortSignal): Promise<Result<Feed, IntakeRefusal>>;
  /** What was taught after a cursor (undefined: everything), waiting up to `waitMs` for more. */
  bayes(
    after: string | undefined,
    waitMs: number,
    signal?: AbortSignal,
  ): Promise<Result<BayesFeed, IntakeRefusal>>;
}
