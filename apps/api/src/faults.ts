/** What a client is told of an unexpected error: which part is away, or nothing at all. The error itself is for the log. */
import { QueuesUnavailable } from '@sluice/bullmq';
import { StoreUnavailable } from '@sluice/core/ports/event-store.ts';
import { ReplayFailed } from '@sluice/core/replay/questions.ts';
import { isTransient } from '@sluice/postgres';

export interface Fault {
  readonly code: 'SERVICE_UNAVAILABLE' | 'INTERNAL_SERVER_ERROR';
  readonly status: 503 | 500;
  /** Names no host, no statement and no row. */
  readonly message: string;
}

const away = (part: string): Fault => ({
  code: 'SERVICE_UNAVAILABLE',
  status: 503,
  message: `The ${part} does not answer; try again in a moment.`,
});

export function faultOf(error: unknown): Fault {
  if (error instanceof StoreUnavailable) return away('event store');
  if (error instanceof QueuesUnavailable) return away('queue');
  if (isTransient(error)) return away('database');
  const message =
    error instanceof ReplayFailed
      ? 'Going over the recorded mail ended before it was done; try it again.'
      : 'Something went wrong on our side.';
  return { code: 'INTERNAL_SERVER_ERROR', status: 500, message };
}
