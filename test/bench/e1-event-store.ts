/**
 * Measures goal E1: the embedded event store behind the official client against a table of events in PostgreSQL.
 *
 *     node test/bench/e1-event-store.ts [events a round, default 4000]
 *
 * Each server and each client is a process of its own, everything is fsynced, events are JSON of about 250 bytes; short rounds
 * in which the two take turns, and medians of them: what else the machine does meets both alike. "floor" is 0.8 of what a
 * first sketch of the server reached on a quiet machine, and 1.2 of the table.
 */
import type { ChildProcess } from 'node:child_process';
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Sample, Task } from './e1-event-store.client.ts';
import { testEvent } from './e1-event-store.client.ts';
import { startPostgresServer } from './e1-event-store.postgres.ts';
import { median } from './support/statistics.ts';

const rounds = 7;
const writers = 64;
const readEvents = 50_000;
const warmEvents = 25_000;

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

type Client = (task: Task) => Promise<Sample>;

export async function run(events = 4000): Promise<readonly Measured[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-events-'));
  const file = join(folder, 'events.db');
  await using stack = new AsyncDisposableStack();
  stack.defer(() => rmSync(folder, { recursive: true, force: true }));
  const server = stack.adopt(await startServer(file), (started) => started.stop());
  const postgres = stack.adopt(await startPostgresServer(), (started) => started.stop());
  const ours = stack.adopt(startClient('store', server.url), (started) => started.stop());
  const theirs = stack.adopt(startClient('postgres', postgres.url), (started) => started.stop());
  const lines = await measure(ours.ask, theirs.ask, events);
  console.log(`\n${bytesPerEvent(file)}`);
  return lines;
}

async function measure(ours: Client, theirs: Client, events: number): Promise<readonly Measured[]> {
  const appends: Case[] = [
    { name: 'append, 64 at once', spike: 13_900, task: { kind: 'write', concurrency: writers, events } },
    {
      name: 'append, one after the other',
      spike: 2_365,
      task: { kind: 'write', concurrency: 1, events: Math.ceil(events / 5) },
    },
  ];
  const reads: Case[] = [
    { name: 'read a stream of 50,000', spike: 51_000, task: { kind: 'read', stream: 'read' } },
    { name: 'catch-up subscription', spike: 49_000, task: { kind: 'catch-up' } },
  ];
  // What is measured is a process that has been running for a while: V8 goes on compiling for some ten thousand events.
  for (const client of [ours, theirs]) {
    await client({ kind: 'write', concurrency: writers, events: warmEvents, prefix: 'warm' });
  }
  const lines: Measured[] = [];
  for (const one of appends) lines.push(await measureCase(one, ours, theirs));
  // Not before: the writing back of so many rows would go on under the appends.
  for (const client of [ours, theirs]) await client({ kind: 'fill', stream: 'read', events: readEvents });
  for (const one of reads) lines.push(await measureCase(one, ours, theirs));
  return lines;
}

interface Case {
  readonly name: string;
  readonly spike: number;
  readonly task: Task;
}

async function measureCase({ name, spike, task }: Case, ours: Client, theirs: Client): Promise<Measured> {
  console.log(name);
  const samples: { readonly ours: Sample; readonly theirs: Sample | undefined }[] = [];
  for (let round = 1; round <= rounds; round += 1) {
    const fresh = { ...task, prefix: `${name}-${round}` };
    const peer = task.kind === 'catch-up' ? undefined : await theirs(fresh);
    samples.push({ ours: await ours(fresh), theirs: peer });
  }
  const peers = samples.flatMap(({ theirs: peer }) => (peer === undefined ? [] : [peer.rate]));
  return {
    name,
    ours: median(samples.map((sample) => sample.ours.rate)),
    clientCpu: median(samples.map((sample) => sample.ours.cpu)),
    postgres: peers.length === 0 ? undefined : median(peers),
    ratio:
      peers.length === 0
        ? undefined
        : median(samples.map((sample) => sample.ours.rate / (sample.theirs?.rate ?? Number.NaN))),
    spike,
  };
}

const entry = (name: string): string =>
  fileURLToPath(new URL(`./e1-event-store.${name}.ts`, import.meta.url));

async function startServer(file: string): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const child = spawn(process.execPath, [entry('server'), file], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [url] = await once(child.stdout, 'data');
  return { url: String(url).trim(), stop: () => end(child) };
}

function startClient(kind: 'store' | 'postgres', url: string): { ask: Client; stop(): Promise<void> } {
  const child = fork(entry('client'), [kind, url, String(writers)]);
  let answered: (sample: Sample) => void = () => undefined;
  let failed: (error: Error) => void = () => undefined;
  child.on('message', (sample: Sample) => answered(sample));
  child.on('exit', () => failed(new Error(`the client of ${kind} ended`)));
  return {
    ask: (task) =>
      new Promise((resolve, reject) => {
        [answered, failed] = [resolve, reject];
        child.send(task);
      }),
    stop: () => end(child),
  };
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exited = once(child, 'exit');
  child.kill('SIGTERM');
  await exited;
}

function bytesPerEvent(file: string): string {
  const size = statSync(file).size;
  const content = JSON.stringify(testEvent(1).data).length + JSON.stringify(testEvent(1).metadata).length;
  return `file of ${(size / 1e6).toFixed(1)} MB, events of ${content} bytes`;
}

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
