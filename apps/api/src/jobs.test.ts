/** Long questions: seen by their own tenant only, cancelled, limited, forgotten. */
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { ok, refuse } from '@sluice/core/kernel/result.ts';
import { accountScope, operatorScope } from '@sluice/core/kernel/tenant-scope.ts';
import type { ReplayWatch } from '@sluice/core/use-cases/replay.ts';
import { silentLog } from '@sluice/telemetry';
import { createJobs, type JobsOptions } from './jobs.ts';

const owner = { accountId: 'a', domainId: 'd' };
const scope = operatorScope();
const make = (options: Partial<JobsOptions> = {}) =>
  createJobs({ nextId: () => crypto.randomUUID(), log: silentLog, ...options });
const untilCancelled = async ({ signal }: ReplayWatch) => {
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  return refuse('cancelled', 'Cancelled.');
};

it('is done with its value, and told by what it was asked for', async () => {
  const jobs = make();
  const id = jobs.start('sum', owner, async (watch) => {
    watch.progress({ read: 1, total: 2 });
    await watch.breathe();
    return ok(42);
  })!;
  expect(jobs.find(scope, 'sum', id)).toMatchObject({ state: 'running', progress: { read: 1, total: 2 } });
  await pause(20);
  expect(jobs.find(scope, 'sum', id)).toMatchObject({ state: 'done', value: 42 });
  expect(jobs.find(scope, 'other', id)).toBeUndefined();
});

it('is nobody else’s', () => {
  const jobs = make();
  const id = jobs.start('x', owner, untilCancelled)!;
  for (const other of [accountScope('b'), accountScope('a', ['e'])]) {
    expect(jobs.find(other, 'x', id)).toBeUndefined();
    expect(jobs.cancel(other, 'x', id)).toBe(false);
  }
  expect(jobs.find(accountScope('a', ['d']), 'x', id)).toMatchObject({ state: 'running' });
  jobs.close();
});

it('ends when it is cancelled, and says so', async () => {
  const jobs = make();
  const id = jobs.start('x', owner, untilCancelled)!;
  expect(jobs.cancel(scope, 'x', id)).toBe(true);
  await pause(5);
  expect(jobs.find(scope, 'x', id)).toMatchObject({ state: 'cancelled' });
  expect(jobs.cancel(scope, 'x', id)).toBe(false);
});

it('tells a refusal in its words, and a fault in none of its own', async () => {
  const jobs = make();
  const refused = jobs.start('x', owner, async () => refuse('no', 'There is no such thing.'))!;
  const broken = jobs.start('x', owner, async () => Promise.reject(new Error('password=…')))!;
  await pause(5);
  expect(jobs.find(scope, 'x', refused)).toMatchObject({
    state: 'failed',
    message: 'There is no such thing.',
  });
  expect(jobs.find(scope, 'x', broken)?.message).not.toContain('password');
});

it('is not begun while the account has enough, and the oldest answers are forgotten', async () => {
  const jobs = make({ perAccount: 1, kept: 1 });
  const first = jobs.start('x', owner, async () => ok(1))!;
  expect(jobs.start('x', owner, untilCancelled)).toBeUndefined();
  await pause(5);
  const second = jobs.start('x', owner, async () => ok(2))!;
  await pause(5);
  jobs.start('x', owner, async () => ok(3));
  expect(jobs.find(scope, 'x', first)).toBeUndefined();
  expect(jobs.find(scope, 'x', second)).toMatchObject({ value: 2 });
});
