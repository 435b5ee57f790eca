/** The pause doubles and is capped. */
import { expect, it } from 'vitest';
import { backoffMs } from './backoff.ts';

it('doubles from the first pause on and stays at the cap', () => {
  const policy = { attempts: 10, backoffMs: 1_000, maxBackoffMs: 5_000 };
  expect([1, 2, 3, 4, 5].map((attempt) => backoffMs(policy, attempt))).toEqual([
    1_000, 2_000, 4_000, 5_000, 5_000,
  ]);
  expect(backoffMs(policy, 10_000)).toBe(5_000);
});
