/**
 * Measures goal E2: recorded decisions judged again, reading included, over the embedded event store.
 *
 *     node test/bench/e2-replay.ts [decisions, default 50000]
 *
 * The event store is a process of its own; this one reads by the official client, opens what is sealed, follows the chains and
 * judges under the policy of the time: all that `decisions verify` does, in threads as in the api, and in one thread to compare.
 * The peer is reading the same stream and nothing else.
 * Rounds in turns, medians; a second by the clock, and by the CPU time of this process, which is steadier on a shared machine.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createThreadedReplayer } from '@sluice/api/replay';
import { auditRuns } from '@sluice/core/audit/audit-runs.ts';
import { domainKeyId } from '@sluice/core/domain/domain.ts';
import { type Replayer, runsBetween } from '@sluice/core/replay/questions.ts';
import { readDecisions, readSealedDecisions, type DecisionLog } from '@sluice/core/replay/read-decisions.ts';
import { createReplayer } from '@sluice/core/use-cases/answer-runs.ts';
import { runLength } from '@sluice/core/use-cases/replay.ts';
import { connectEventStore } from '@sluice/eventstoredb';
import { createMemoryKeyStore, createVault } from '@sluice/node-crypto';
import { createRecorder, recordSettings } from '../support/recorded-mails.ts';
import { median } from './support/statistics.ts';
import { startServer } from './support/event-store-server.ts';

const rounds = 3;
const floor = 10_000;
const goal = 25_000;
const domainId = '0193a000-0000-7000-8000-000000000001';

interface Sample {
  /** Decisions a second. */
  readonly rate: number;
  /** CPU time of this process a decision, in microseconds. */
  readonly cpu: number;
}

export interface Measured extends Sample {
  readonly name: string;
}

export async function run(decisions = 50_000): Promise<readonly Measured[]> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-replay-'));
  const server = await startServer(join(folder, 'events.db'));
  const store = connectEventStore(server.url);
  try {
    const keys = createMemoryKeyStore();
    await keys.create(domainKeyId(domainId));
    const log = { store, vault: createVault(keys) };
    const settings = { eventstoreUrl: server.url, checks: undefined };
    await using threads = createThreadedReplayer({ log, keys, settings, threads: availableParallelism() });
    await recordSettings(log, domainId);
    const recorder = createRecorder(log, { domainId, edge: 'mx1' });
    for (let done = 0; done < decisions; done += 500) {
      await recorder.record(await recorder.decide(Math.min(500, decisions - done)));
    }
    return await measure(log, threads, decisions);
  } finally {
    await store.close();
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(log: DecisionLog, threads: Replayer, decisions: number): Promise<readonly Measured[]> {
  const works: readonly (readonly [string, () => Promise<number>])[] = [
    [`judge again, ${availableParallelism()} threads`, () => replay(threads, decisions)],
    ['judge again, one thread', () => replay(createReplayer(log), decisions)],
    ['read and open', () => countBatches(readDecisions(log, domainId))],
    ['read only', () => countBatches(readSealedDecisions(log.store, domainId))],
  ];
  const samples = works.map((): Sample[] => []);
  // The first round is for the compiler.
  for (let round = 0; round <= rounds; round += 1) {
    for (const [index, [name, work]] of works.entries()) {
      const sample = await timed(name, decisions, work);
      if (round > 0) samples[index]?.push(sample);
    }
  }
  return works.map(([name], index) => ({
    name,
    rate: median((samples[index] ?? []).map(({ rate }) => rate)),
    cpu: median((samples[index] ?? []).map(({ cpu }) => cpu)),
  }));
}

async function replay(replayer: Replayer, decisions: number): Promise<number> {
  const runs = runsBetween(0, decisions, runLength);
  const pace = { signal: new AbortController().signal, breathe: () => Promise.resolve() };
  const { counts, problemCount, notes } = await auditRuns(replayer, { domainId, runs, isOpen: false }, pace);
  if (counts.same !== decisions || problemCount > 0) {
    throw new Error(`not the same again: ${JSON.stringify({ counts, problemCount, first: notes[0] })}`);
  }
  return counts.same;
}

async function countBatches(batches: AsyncIterable<readonly unknown[]>): Promise<number> {
  let count = 0;
  for await (const batch of batches) count += batch.length;
  return count;
}

async function timed(name: string, decisions: number, work: () => Promise<number>): Promise<Sample> {
  const cpuBefore = process.cpuUsage();
  const start = performance.now();
  const count = await work();
  if (count !== decisions) throw new Error(`${name}: ${count} of ${decisions}`);
  const seconds = (performance.now() - start) / 1_000;
  const { user, system } = process.cpuUsage(cpuBefore);
  return { rate: decisions / seconds, cpu: (user + system) / decisions };
}

function print(lines: readonly Measured[]): boolean {
  const [ours, one, , peer] = lines;
  for (const { name, rate, cpu } of lines) {
    const perCpu = 1_000_000 / cpu;
    console.log(
      `${name.padEnd(40)}${rate.toFixed(0).padStart(8)}/s${cpu.toFixed(1).padStart(8)} µs CPU${perCpu.toFixed(0).padStart(8)} a CPU second`,
    );
  }
  if (ours === undefined || one === undefined || peer === undefined) return false;
  const best = Math.max(ours.rate, one.rate, 1_000_000 / one.cpu);
  const isMet = best >= floor;
  console.log(
    `${(best / peer.rate).toFixed(2)} x reading only; floor ${floor}: ${isMet ? 'met' : 'MISSED'}; goal ${goal}: ${best >= goal ? 'met' : 'not met'}`,
  );
  return isMet;
}

if (import.meta.main) {
  process.exitCode = print(await run(Number(process.argv[2] ?? 50_000))) ? 0 : 1;
}
