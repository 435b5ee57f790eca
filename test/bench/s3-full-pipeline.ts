/**
 * Goals S3 and S5: the edge with every check on, on real mails, one a connection, each judged, sealed and on disk with its
 * bytes before the reply; beside Haraka with seven checks, which stores and records nothing.
 *
 *     node test/bench/s3-full-pipeline.ts [mails a round, default 1500] [rounds, default 3]
 *
 * All checks observe, as the peer's do. Clients have a public address and a name server on this machine answers at once: as
 * root on Linux the bench runs in a network of its own. S5 is the time from the final dot to its reply with 20 sessions;
 * beside it stands that from DATA to 354, where a full edge lets clients wait instead.
 */
import { setTimeout as rest } from 'node:timers/promises';
import { corpusMissing } from '../support/corpus.ts';
import { allObserving } from './support/all-checks.ts';
import { clientAddress, isAlone } from './support/alone.ts';
import type { Server } from './support/child.ts';
import { installHaraka, startHaraka } from './support/haraka.ts';
import { startNames } from './support/names.ts';
import { startMx } from './support/mx.ts';
import { asData, type RealSending, sendReal, someMails } from './support/real-mails.ts';
import { median, percentile } from './support/statistics.ts';

const sessions = 20;
/** Rounds that do not count: a server runs for months, and V8 needs thousands of mails until it has compiled all of this. */
const warmUps = 2;
/** Before each round, in ms: a virtual machine that has used up its share of a host is stopped for tens of ms at a time. */
const restMs = 12_000;
const floors = { rate: 0.6, wait: 1.5 };

interface Figures {
  readonly rate: number;
  readonly cpuMs: number;
  readonly p95: number;
  readonly askedP95: number;
  readonly refused: number;
}

async function sample(server: Server, mails: readonly Buffer[], local: string | undefined): Promise<Figures> {
  const before = server.cpuMs();
  const sent: RealSending = await sendReal({ port: server.port, mails, sessions, localAddress: local });
  const cpuMs = (server.cpuMs() - before) / mails.length;
  return {
    rate: mails.length / sent.seconds,
    cpuMs,
    p95: percentile(sent.waits, 0.95),
    askedP95: percentile(sent.asked, 0.95),
    refused: sent.refused,
  };
}

/** Prints a table; false if a floor was missed. */
export async function run(count = 1_500, rounds = 3): Promise<boolean> {
  if (corpusMissing) {
    console.log('S3: needs the test corpus (SLUICE_TEST_CORPUS); not measured');
    return true;
  }
  // Before the way to the registry is cut off.
  await installHaraka(true);
  const isApart = isAlone();
  if (!isApart)
    console.log('Not in a network of its own: the client is 127.0.0.1, about which many checks say nothing.');
  const local = isApart ? clientAddress : undefined;
  const mails = someMails(count).map(asData);
  const bytes = mails.reduce((sum, mail) => sum + mail.length, 0) / mails.length;
  await using stack = new AsyncDisposableStack();
  const names = stack.use(await startNames(isApart ? 53 : 0));
  const policy = { checks: allObserving(), thresholds: { tag: 0, hold: 0, reject: 1_000 } };
  const servers = [
    stack.use(await startMx({ name: 'sluice, all checks', policy, dns: names.address })),
    stack.use(await startHaraka({ withChecks: true })),
  ];
  const samples = new Map<Server, Figures[]>(servers.map((server) => [server, []]));
  for (let round = -warmUps; round < rounds; round += 1) {
    for (const server of servers) {
      await rest(restMs);
      const one = await sample(server, mails, local);
      if (round >= 0) samples.get(server)?.push(one);
    }
  }
  console.log(
    `\nS3, S5: ${mails.length} real mails of ${bytes.toFixed(0)} bytes, one a connection, ${sessions} sessions`,
  );
  console.log(
    `${'server'.padEnd(28)}${['mails/s', 'CPU ms', 'p95 ms', '354 p95', 'refused'].map((head) => head.padStart(10)).join('')}`,
  );
  const [ours, peer] = servers.map((server) => {
    const own = samples.get(server) ?? [];
    const figures = {
      rate: median(own.map(({ rate }) => rate)),
      cpuMs: median(own.map(({ cpuMs }) => cpuMs)),
      p95: median(own.map(({ p95 }) => p95)),
      askedP95: median(own.map(({ askedP95 }) => askedP95)),
      refused: median(own.map(({ refused }) => refused)),
    };
    const cells = [
      figures.rate.toFixed(0),
      figures.cpuMs.toFixed(2),
      figures.p95.toFixed(1),
      figures.askedP95.toFixed(1),
      String(figures.refused),
    ];
    console.log(`${server.name.padEnd(28)}${cells.map((cell) => cell.padStart(10)).join('')}`);
    return figures;
  });
  if (ours === undefined || peer === undefined) return false;
  if (ours.refused > 0) throw new Error('mails were refused: what was measured is not the whole way');
  const rate = ours.rate / peer.rate;
  const wait = ours.p95 / peer.p95;
  console.log(
    `S3: ${rate.toFixed(2)} x Haraka + 7, floor ${floors.rate}: ${rate >= floors.rate ? 'met' : 'MISSED'}`,
  );
  console.log(
    `S5: ${wait.toFixed(2)} x its p95, floor ${floors.wait}: ${wait <= floors.wait ? 'met' : 'MISSED'}`,
  );
  return rate >= floors.rate && wait <= floors.wait;
}

if (import.meta.main)
  process.exit((await run(Number(process.argv[2] ?? 1_500), Number(process.argv[3] ?? 3))) ? 0 : 1);
