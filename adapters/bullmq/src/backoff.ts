/** How long a job rests between two attempts. */
import type { RetryPolicy } from '@sluice/core/ports/queue.ts';

/** Ms after the attempt of this number (from 1) has failed: doubles each time, up to the policy's cap. */
export const backoffMs = (policy: RetryPolicy, attempt: number): number =>
  Math.min(policy.maxBackoffMs, policy.backoffMs * 2 ** Math.min(attempt - 1, 52));
