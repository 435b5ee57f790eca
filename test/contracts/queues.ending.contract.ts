/** What every implementation of the Queues port must do when a worker ends, or anything crashes. */
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { again, done, lockMs, never, useQueues } from './queues.harness.ts';
import type { QueueServer } from './queues.harness.ts';
import { eventually } from './support/eventually.ts';

/** Call it inside of a `describe` of its own. */
export function queuesEndingContract(start: () => Promise<QueueServer>): void {
  const { server, queues, open, add, list, find, until, work, startProcess } = useQueues(start);

  describe('close', () => {
    it('aborts the signal and waits; an attempt cut short comes again at once and is not counted', async () => {
      const other = await open();
      let ended = false;
      const first = await work(async ({ signal }) => {
        if (!signal.aborted) await once(signal, 'abort');
        await wait(100);
        ended = true;
        return again;
      });
      await add('a');
      await until('a', 'active');
      await first.close();
      expect(ended).toBe(true);
      expect(first.attempts[0]?.signal.aborted).toBe(true);
      const second = await work(() => done, { on: other, retry: never });
      await until('a', 'completed');
      expect(second.attempts).toMatchObject([{ id: 'a', attempt: 1 }]);
    });

    it('takes nothing any more', async () => {
      const { attempts, close } = await work(() => done);
      await close();
      await add('a');
      await wait(200);
      expect(attempts).toEqual([]);
      expect(await find('a')).toMatchObject({ state: 'waiting' });
    });

    it('leaves a handler that does not listen behind at the deadline; its job runs again elsewhere', async () => {
      const impatient = await open({ closeDeadlineMs: 300 });
      await work(() => new Promise(() => undefined), { on: impatient });
      await add('a');
      await until('a', 'active');
      const began = performance.now();
      await impatient.close();
      expect(performance.now() - began).toBeLessThan(3_000);
      const { attempts } = await work(() => done);
      await until('a', 'completed', 10 * lockMs);
      expect(attempts).toMatchObject([{ id: 'a', attempt: 1 }]);
    });

    it('leaves nothing running: the process ends by itself', async () => {
      const child = startProcess('one');
      const ended = once(child, 'exit', { signal: AbortSignal.timeout(15_000) });
      await add('a');
      await once(child.stdout!, 'data', { signal: AbortSignal.timeout(15_000) });
      const closed = performance.now();
      expect(await ended).toEqual([0, null]);
      expect(performance.now() - closed).toBeLessThan(2_000);
    });
  });

  describe('after a crash', () => {
    it('of the worker in the middle of a job, the job runs again elsewhere', async () => {
      const child = startProcess('hang');
      await add('a');
      const [line] = await once(child.stdout!, 'data', { signal: AbortSignal.timeout(15_000) });
      expect(String(line)).toBe('running a\n');
      const { attempts } = await work(() => done);
      child.kill('SIGKILL');
      const killed = performance.now();
      await until('a', 'completed', 10 * lockMs);
      expect(performance.now() - killed).toBeLessThan(3 * lockMs);
      expect(attempts).toMatchObject([{ id: 'a', attempt: 1 }]);
    });

    it('of the server, the workers go on by themselves and every job is done', async () => {
      const handled = new Set<string>();
      await Promise.all(Array.from({ length: 100 }, (_, index) => add(`job-${index}`)));
      await work(
        async ({ id }) => {
          await wait(20);
          handled.add(id);
          return done;
        },
        { concurrency: 4 },
      );
      await eventually('some to be handled', () => handled.size > 10);
      await server().kill();
      expect(await queues().ping(500)).toBe(false);
      await wait(500);
      await server().restart();
      await eventually('the server to be found again', () => queues().ping(500), 20_000);
      await eventually('all to be completed', async () => (await list('completed')).length === 100, 20_000);
      expect(handled.size).toBe(100);
      await add('late');
      await until('late', 'completed', 5_000);
      expect(await list('failed', 'delayed')).toEqual([]);
    });

    it('of the server, questions fail with one clear error until it is back', async () => {
      await server().kill();
      await expect(add('a')).rejects.toMatchObject({ name: 'QueuesUnavailable' });
      await server().restart();
      await eventually('the server to be found again', () => queues().ping(500), 20_000);
      await add('a');
      expect(await list('waiting')).toMatchObject([{ id: 'a' }]);
    });

    it('of the server while everybody is idle, the next job is handled as before', async () => {
      const { attempts } = await work(() => done);
      await add('early');
      await until('early', 'completed');
      await server().kill();
      await server().restart();
      await eventually('the server to be found again', () => queues().ping(500), 20_000);
      await add('late');
      await until('late', 'completed', 5_000);
      expect(attempts.map(({ id }) => id)).toEqual(['early', 'late']);
    });
  });
}
