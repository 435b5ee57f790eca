/**
 * Measures goal E1: the embedded event store behind the official client against a table of events in PostgreSQL.
 *
 *     node test/bench/e1-event-store.ts [events a round, default 4000]
 *
 * Servers and client are processes of their own, everything is fsynced, events are JSON of about 250 bytes; short rounds in
 * which the two take turns, medians of them: what else the machine does meets both alike. "floor" is 0.8 of what a first sketch of the server reached on a quiet machine, and 1.2 of the table.
 */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NewEvent } from '@sluice/core/kernel/event.ts';
import type { EventStore } from '@sluice/core/ports/event-store.ts';
import { connectEventStore } from '@sluice/eventstoredb';
import type { PostgresEvents } from './e1-event-store.postgres.ts';
import { startPostgresEvents } from './e1-event-store.postgres.ts';

const rounds = 7;
const writers = 64;
const readEvents = 50_000;

/** One line of the table; rates in events a second. */
export interface Measured {
  readonly name: string;
  readonly ours: number;
  /** CPU time of the client process an event, in microseconds: steadier than the rate on a shared machine. */
  readonly clientCpu: number;
  readonly postgres: number | undefined;
  /** Median of the rounds' ratios; undefined where there is no peer. */
  readonly ratio: number | undefined;
  readonly spike: number;
}

interface Sample {
  readonly rate: number;
  readonly cpu: number;
}

export async function run(events = 4000): Promise<readonly Measured[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-events-'));
  const server = await startServer(join(folder, 'events.db'));
  const store = connectEventStore(server.url);
  const postgres = await startPostgresEvents(writers);
  try {
    return await measure(store, postgres, events);
  } finally {
    await store.close();
    await postgres.stop();
    await server.stop();
    console.log(`\n${bytesPerEvent(join(folder, 'events.db'))}`);
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(
  store: EventStore,
  postgres: PostgresEvents,
  events: number,
): Promise<readonly Measured[]> {
  const ours = { at64: [] as Sample[], one: [] as Sample[], read: [] as Sample[], catchUp: [] as Sample[] };
  const theirs = { at64: [] as Sample[], one: [] as Sample[], read: [] as Sample[] };
  const append = async (stream: string, _: number, event: NewEvent): Promise<void> => {
    const result = await store.append(stream, [event], 'any');
    if (!result.ok) throw new Error(`append: ${result.error.code}`);
  };
  const insert: Write = (stream, revision, event) => postgres.insert(stream, revision, event);

  await write(append, 'warm', events, writers);
  await write(insert, 'warm', events, writers);
  const sequential = Math.ceil(events / 5);
  for (let round = 1; round <= rounds; round += 1) {
    console.log(`round ${round} of ${rounds} of appends`);
    theirs.at64.push(await write(insert, `at64-${round}`, events, writers));
    ours.at64.push(await write(append, `at64-${round}`, events, writers));
    theirs.one.push(await write(insert, `one-${round}`, sequential, 1));
    ours.one.push(await write(append, `one-${round}`, sequential, 1));
  }
  // Afterwards: 50,000 rows at once leave the client a heap that would slow its appends.
  await fill(store, postgres);
  for (let round = 1; round <= rounds; round += 1) {
    console.log(`round ${round} of ${rounds} of reads`);
    theirs.read.push(await timed(() => postgres.readStream('read')));
    ours.read.push(await timed(() => countStream(store, 'read')));
    ours.catchUp.push(await timed(() => countCatchUp(store)));
  }
  return [
    line('append, 64 at once', ours.at64, theirs.at64, 13_900),
    line('append, one after the other', ours.one, theirs.one, 2_365),
    line('read a stream of 50,000', ours.read, theirs.read, 51_000),
    line('catch-up subscription', ours.catchUp, undefined, 49_000),
  ];
}

type Write = (stream: string, revision: number, event: NewEvent) => Promise<void>;

/** So many events by so many writers, each to its own stream. */
function write(one: Write, prefix: string, events: number, concurrency: number): Promise<Sample> {
  const each = Math.ceil(events / concurrency);
  return timed(async () => {
    await Promise.all(
      Array.from({ length: concurrency }, async (_, writer) => {
        for (let revision = 0; revision < each; revision += 1) {
          await one(`${prefix}-${writer}`, revision, testEvent(revision));
        }
      }),
    );
    return each * concurrency;
  });
}

async function fill(store: EventStore, postgres: PostgresEvents): Promise<void> {
  for (let done = 0; done < readEvents; done += 500) {
    const events = Array.from({ length: 500 }, (_, index) => testEvent(done + index));
    const result = await store.append('read', events, done === 0 ? 'no-stream' : done - 1);
    if (!result.ok) throw new Error(`fill: ${result.error.code}`);
  }
  await postgres.insertAll(
    'read',
    Array.from({ length: readEvents }, (_, index) => testEvent(index)),
  );
}

async function countStream(store: EventStore, stream: string): Promise<number> {
  let count = 0;
  for await (const _ of store.readStream(stream)) count += 1;
  return count;
}

async function countCatchUp(store: EventStore): Promise<number> {
  const stop = new AbortController();
  let count = 0;
  for await (const message of store.subscribeAll({ signal: stop.signal })) {
    if (message.kind === 'event') count += 1;
    if (message.kind === 'caught-up') break;
  }
  return count;
}

async function timed(action: () => Promise<number>): Promise<Sample> {
  const cpu = process.cpuUsage();
  const begin = performance.now();
  const events = await action();
  const seconds = (performance.now() - begin) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  return { rate: events / seconds, cpu: (user + system) / events };
}

/** About 250 bytes of JSON, data and metadata together. */
const testEvent = (number: number): NewEvent => ({
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

async function startServer(file: string): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const entry = fileURLToPath(new URL('./e1-event-store.server.ts', import.meta.url));
  const child = spawn(process.execPath, [entry, file], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [url] = await once(child.stdout, 'data');
  return {
    url: String(url).trim(),
    async stop() {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    },
  };
}

function bytesPerEvent(file: string): string {
  const size = statSync(file).size;
  const content = JSON.stringify(testEvent(1).data).length + JSON.stringify(testEvent(1).metadata).length;
  return `file of ${(size / 1e6).toFixed(1)} MB, events of ${content} bytes`;
}

const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? Number.NaN;

const line = (
  name: string,
  ours: readonly Sample[],
  theirs: readonly Sample[] | undefined,
  spike: number,
): Measured => ({
  name,
  ours: median(ours.map(({ rate }) => rate)),
  clientCpu: median(ours.map(({ cpu }) => cpu)),
  postgres: theirs && median(theirs.map(({ rate }) => rate)),
  ratio: theirs && median(ours.map(({ rate }, round) => rate / (theirs[round]?.rate ?? Number.NaN))),
  spike,
});

function print(lines: readonly Measured[]): void {
  const columns = ['', 'events/s', 'client CPU µs', 'of the sketch', 'PostgreSQL/s', 'ratio'];
  const rows = lines.map(({ name, ours, clientCpu, postgres, ratio, spike }) => [
    name,
    Math.round(ours).toLocaleString('en'),
    clientCpu.toFixed(0),
    `${(ours / spike).toFixed(2)} (floor 0.80)`,
    postgres === undefined ? '' : Math.round(postgres).toLocaleString('en'),
    ratio === undefined ? '' : ratio.toFixed(2),
  ]);
  for (const row of [columns, ...rows]) {
    console.log(row.map((cell, index) => (index === 0 ? cell.padEnd(30) : cell.padStart(18))).join(''));
  }
}

if (import.meta.main) print(await run(Number(process.argv[2] ?? 4000)));
