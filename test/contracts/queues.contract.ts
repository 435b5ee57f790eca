/** What every implementation of the Queues port must do, sentence by sentence. */
import { setTimeout as wait } from 'node:timers/promises';
import { connectQueues } from '@sluice/bullmq';
import type { JobOutcome } from '@sluice/core/ports/queue.ts';
import { describe, expect, it } from 'vitest';
import { again, done, lockMs, never, payload, quickly, useQueues, why } from './queues.harness.ts';
import type { Attempt, QueueServer } from './queues.harness.ts';
import { eventually } from './support/eventually.ts';
import { freePort } from './support/free-port.ts';

/** Call it inside of a `describe` of its own. */
export function queuesContract(start: () => Promise<QueueServer>): void {
  const { server, connection, queues, open, add, list, until, work } = useQueues(start);

  describe('add', () => {
    it('hands the job to a worker with its id, its payload and the number of the attempt', async () => {
      await add('a');
      const { attempts } = await work(() => done);
      await until('a', 'completed');
      expect(attempts).toHaveLength(1);
      expect(attempts[0]).toMatchObject({ id: 'a', payload, attempt: 1, isLast: false });
    });

    it('takes any text as an id', async () => {
      const { attempts } = await work(() => done);
      const ids = ['release:1:somebody@example.org', '42', '0', '100%', 'grün', 'delayed', 'wait', 'meta'];
      for (const id of ids) await add(id);
      await eventually('all to be handled', () => attempts.length === ids.length);
      expect(attempts.map(({ id }) => id).toSorted()).toEqual(ids.toSorted());
    });

    it('leaves a job of the same id that waits, runs or has completed as it is', async () => {
      await add('a');
      await queues().add('redelivery', 'a', { ...payload, recipient: 'other@example.org' });
      expect(await list('waiting')).toMatchObject([{ id: 'a', payload }]);
      const gate = Promise.withResolvers<void>();
      const { attempts } = await work(async ({ id }) => {
        if (id === 'a') await gate.promise;
        return done;
      });
      await until('a', 'active');
      await add('a');
      gate.resolve();
      await until('a', 'completed');
      await add('a');
      await add('b');
      await until('b', 'completed');
      expect(attempts.map(({ id }) => id)).toEqual(['a', 'b']);
    });

    it('makes a job of the same id that failed due once more', async () => {
      const { attempts } = await work(({ attempt }) =>
        attempt === 1 ? { outcome: 'failed', message: 'no' } : done,
      );
      await add('a');
      await until('a', 'failed');
      await add('a');
      await until('a', 'completed');
      expect(attempts.map(({ attempt }) => attempt)).toEqual([1, 2]);
    });

    it('begins a delayed job when its time has come, and no earlier', async () => {
      const { attempts } = await work(() => done);
      const begun = performance.now();
      await queues().add('redelivery', 'later', payload, { delayMs: 700 });
      await add('now');
      await until('now', 'completed');
      expect(await list('delayed')).toMatchObject([{ id: 'later' }]);
      await until('later', 'completed');
      expect(performance.now() - begun).toBeGreaterThanOrEqual(690);
      expect(attempts.map(({ id }) => id)).toEqual(['now', 'later']);
    });

    it('is durable on return', async () => {
      await Promise.all(Array.from({ length: 50 }, (_, index) => add(`job-${index}`)));
      await server().kill();
      await server().restart();
      const kept = await eventually('the queue to answer', () => list('waiting').catch(() => undefined));
      expect(kept).toHaveLength(50);
    });
  });

  describe('outcomes', () => {
    it('retry: comes again after the back-off, doubled each time up to its maximum, until the attempts are used up', async () => {
      const times: number[] = [];
      const policy = { attempts: 5, backoffMs: 200, maxBackoffMs: 500 };
      const { attempts } = await work(
        () => {
          times.push(performance.now());
          return again;
        },
        { retry: policy },
      );
      await add('a');
      const failed = await until('a', 'failed');
      expect(failed).toMatchObject({ attempts: 5, message: why });
      expect(attempts.map(({ attempt, isLast }) => [attempt, isLast])).toEqual([
        [1, false],
        [2, false],
        [3, false],
        [4, false],
        [5, true],
      ]);
      const pauses = times.slice(1).map((time, index) => time - times[index]!);
      [200, 400, 500, 500].forEach((least, index) => {
        // Clocks of two processes: a few ms of play.
        expect(pauses[index]).toBeGreaterThan(least - 10);
        expect(pauses[index]).toBeLessThan(least + 1_500);
      });
    });

    it('a handler that throws counts as retry', async () => {
      const { attempts } = await work(({ attempt }) => {
        if (attempt === 1) throw new Error('unforeseen');
        return done;
      });
      await add('a');
      await until('a', 'completed');
      expect(attempts.map(({ attempt }) => attempt)).toEqual([1, 2]);
    });

    it('failed: does not come again', async () => {
      const { attempts } = await work(({ id }) =>
        id === 'a' ? { outcome: 'failed', message: 'no such mailbox' } : done,
      );
      await add('a');
      expect(await until('a', 'failed')).toMatchObject({ attempts: 1, message: 'no such mailbox' });
      await add('b');
      await until('b', 'completed');
      expect(attempts.map(({ id }) => id)).toEqual(['a', 'b']);
    });

    it('one job that rests does not keep others from being handled', async () => {
      await work(({ id }) => (id === 'a' ? again : done), { retry: never });
      await add('a');
      await until('a', 'delayed');
      await add('b');
      await until('b', 'completed', 3_000);
    });
  });

  describe('list, retry and remove', () => {
    it('lists jobs by state, with why and when', async () => {
      await work(
        ({ id }) =>
          id === 'delayed' ? again : id === 'failed' ? { outcome: 'failed', message: 'no' } : done,
        {
          retry: never,
        },
      );
      for (const id of ['delayed', 'failed', 'completed']) await add(id);
      await until('completed', 'completed');
      const [delayed] = await list('delayed');
      expect(delayed).toMatchObject({ id: 'delayed', queue: 'redelivery', attempts: 1, payload });
      expect(delayed).toMatchObject({ state: 'delayed', message: why });
      expect(Math.abs(Date.parse(delayed!.dueAt!) - Date.now() - 3_600_000)).toBeLessThan(10_000);
      const others = await list('failed', 'completed');
      expect(others.map(({ id, state }) => [id, state])).toEqual([
        ['failed', 'failed'],
        ['completed', 'completed'],
      ]);
      expect(await list('waiting', 'active')).toEqual([]);
    });

    it('retry makes a delayed job due now', async () => {
      const { attempts } = await work(({ attempt }) => (attempt === 1 ? again : done), { retry: never });
      await add('a');
      await until('a', 'delayed');
      expect(await queues().retry('redelivery', 'a')).toBe(true);
      await until('a', 'completed');
      expect(attempts.map(({ attempt }) => attempt)).toEqual([1, 2]);
    });

    it('retry gives a failed job one more attempt', async () => {
      const { attempts } = await work(() => again, { retry: { ...quickly, attempts: 2 } });
      await add('a');
      await until('a', 'failed');
      expect(await queues().retry('redelivery', 'a')).toBe(true);
      await eventually('the third attempt', () => attempts.length === 3);
      await until('a', 'failed');
      expect(attempts.at(-1)).toMatchObject({ attempt: 3, isLast: true });
    });

    it('retry is false for a job that is not there, or has nothing to be retried', async () => {
      await work(() => done);
      await add('a');
      await until('a', 'completed');
      expect(await queues().retry('redelivery', 'a')).toBe(false);
      expect(await queues().retry('redelivery', 'nobody')).toBe(false);
    });

    it('remove takes a job away, but not one that runs', async () => {
      await add('a');
      expect(await queues().remove('redelivery', 'a')).toBe(true);
      expect(await queues().remove('redelivery', 'a')).toBe(false);
      const gate = Promise.withResolvers<void>();
      const { attempts } = await work(async () => {
        await gate.promise;
        return done;
      });
      await add('b');
      await until('b', 'active');
      expect(await queues().remove('redelivery', 'b')).toBe(false);
      gate.resolve();
      await until('b', 'completed');
      expect(await queues().remove('redelivery', 'b')).toBe(true);
      expect(attempts.map(({ id }) => id)).toEqual(['b']);
    });
  });

  describe('work', () => {
    it('handles as many at once as it was told, and no more', async () => {
      let running = 0;
      const seen: number[] = [];
      await Promise.all(Array.from({ length: 20 }, (_, index) => add(`job-${index}`)));
      const { attempts } = await work(
        async () => {
          seen.push(++running);
          await wait(30);
          running--;
          return done;
        },
        { concurrency: 3 },
      );
      await eventually('all to be handled', () => attempts.length === 20 && running === 0);
      expect(Math.max(...seen)).toBe(3);
    });

    it('does each of 500 jobs once, added 50 at once, by two processes’ worth of workers', async () => {
      const other = await open();
      const handled = new Map<string, number>();
      const count = async ({ id }: Attempt): Promise<JobOutcome> => {
        await wait(1);
        handled.set(id, (handled.get(id) ?? 0) + 1);
        return done;
      };
      await work(count, { concurrency: 8 });
      await work(count, { concurrency: 8, on: other });
      for (let first = 0; first < 500; first += 50) {
        await Promise.all(
          Array.from({ length: 50 }, (_, index) =>
            (index % 2 === 0 ? queues() : other).add('redelivery', `job-${first + index}`, payload),
          ),
        );
      }
      await eventually('all to be handled', () => handled.size === 500, 20_000);
      await eventually('all to be completed', async () => (await list('completed')).length === 500);
      expect([...new Set(handled.values())]).toEqual([1]);
    });

    it('keeps a job that takes longer than the lock to itself', async () => {
      const other = await open();
      const slowly = async (): Promise<JobOutcome> => {
        await wait(3 * lockMs);
        return done;
      };
      const first = await work(slowly);
      const second = await work(slowly, { on: other });
      await add('a');
      await until('a', 'completed', 10 * lockMs);
      expect(first.attempts.length + second.attempts.length).toBe(1);
    });
  });

  describe('connecting', () => {
    it('ping says whether the store answers', async () => {
      expect(await queues().ping(2_000)).toBe(true);
    });

    it('to nothing fails at the deadline with a clear error', async () => {
      const url = `//sluice:secret@127.0.0.1:${await freePort()}`;
      const nowhere =
        'redisUrl' in connection() ? { redisUrl: `redis:${url}` } : { postgresUrl: `postgres:${url}/x` };
      const began = performance.now();
      await expect(connectQueues({ ...nowhere, connectDeadlineMs: 500 })).rejects.toMatchObject({
        name: 'QueuesUnavailable',
        message: expect.not.stringContaining('secret'),
      });
      expect(performance.now() - began).toBeLessThan(3_000);
    });
  });
}
