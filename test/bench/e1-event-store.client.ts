/** A client of the event store bench, as a process of its own: `store|postgres URL CONNECTIONS`; does the tasks it is sent. */
import { randomUUID } from 'node:crypto';
import type { NewEvent } from '@sluice/core/kernel/event.ts';
import type { EventStore } from '@sluice/core/ports/event-store.ts';
import { connectEventStore } from '@sluice/eventstoredb';
import { connectPostgresEvents } from './e1-event-store.postgres.ts';

export type Task =
  /** So many events by so many writers, each to its own stream. */
  | {
      readonly kind: 'write';
      readonly concurrency: number;
      readonly events: number;
      readonly prefix?: string;
    }
  | { readonly kind: 'fill'; readonly stream: string; readonly events: number }
  | { readonly kind: 'read'; readonly stream: string }
  | { readonly kind: 'catch-up' };

export interface Sample {
  /** Events a second. */
  readonly rate: number;
  /** CPU time of this process an event, in microseconds. */
  readonly cpu: number;
}

/** What is measured of either. */
interface Target {
  append(stream: string, revision: number, event: NewEvent): Promise<void>;
  fill(stream: string, events: readonly NewEvent[]): Promise<void>;
  read(stream: string): Promise<number>;
  catchUp(): Promise<number>;
}

/** About 250 bytes of JSON, data and metadata together. */
export const testEvent = (number: number): NewEvent => ({
  id: randomUUID(),
  type: 'MailJudged',
  data: { number, verdict: 'reject', text: 'x'.repeat(70) },
  metadata: {
    schemaVersion: 1,
    actor: { kind: 'edge', id: 'mx1' },
    at: '2026-11-22T10:00:00.000Z',
    correlationId: '0193a000-0000-7000-8000-000000000000',
  },
});

function storeTarget(store: EventStore): Target {
  const append = async (stream: string, ...events: NewEvent[]): Promise<void> => {
    const result = await store.append(stream, events, 'any');
    if (!result.ok) throw new Error(`append: ${result.error.code}`);
  };
  return {
    append: (stream, _, event) => append(stream, event),
    async fill(stream, events) {
      for (let done = 0; done < events.length; done += 500) {
        await append(stream, ...events.slice(done, done + 500));
      }
    },
    async read(stream) {
      let count = 0;
      for await (const _ of store.readStream(stream)) count += 1;
      return count;
    },
    async catchUp() {
      let count = 0;
      for await (const message of store.subscribeAll({ signal: new AbortController().signal })) {
        if (message.kind === 'event') count += 1;
        if (message.kind === 'caught-up') break;
      }
      return count;
    },
  };
}

async function postgresTarget(url: string, connections: number): Promise<Target> {
  const events = await connectPostgresEvents(url, connections);
  return {
    append: (stream, revision, event) => events.insert(stream, revision, event),
    fill: (stream, all) => events.insertAll(stream, all),
    read: (stream) => events.readStream(stream),
    catchUp: () => Promise.reject(new Error('PostgreSQL has no subscriptions')),
  };
}

async function perform(target: Target, task: Task): Promise<number> {
  switch (task.kind) {
    case 'write': {
      const each = Math.ceil(task.events / task.concurrency);
      await Promise.all(
        Array.from({ length: task.concurrency }, async (_, writer) => {
          for (let revision = 0; revision < each; revision += 1) {
            await target.append(`${task.prefix ?? 'write'}-${writer}`, revision, testEvent(revision));
          }
        }),
      );
      return each * task.concurrency;
    }
    case 'fill':
      await target.fill(
        task.stream,
        Array.from({ length: task.events }, (_, number) => testEvent(number)),
      );
      return task.events;
    case 'read':
      return target.read(task.stream);
    case 'catch-up':
      return target.catchUp();
  }
}

async function measure(target: Target, task: Task): Promise<Sample> {
  const cpu = process.cpuUsage();
  const begin = performance.now();
  const events = await perform(target, task);
  const seconds = (performance.now() - begin) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { rate: events / seconds, cpu: (user + system) / events };
}

if (import.meta.main) {
  const [kind, url = '', connections = '1'] = process.argv.slice(2);
  const target =
    kind === 'store' ? storeTarget(connectEventStore(url)) : await postgresTarget(url, Number(connections));
  process.on('message', (task: Task) => {
    measure(target, task).then(
      (sample) => process.send?.(sample),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
}
