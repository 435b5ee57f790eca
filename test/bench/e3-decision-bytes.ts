/**
 * Goal E3: what one decision costs in the embedded event store, with every check on, for real mails that came by SMTP.
 *
 *     node test/bench/e3-decision-bytes.ts [mails, default 1500]
 *
 * The edge decides as in S3; its events go into an empty event store as the intake appends them, with the place of the body;
 * counted is the whole file when all is written and what the store packs of it by itself is packed, indexes and free pages
 * included.
 */
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decisionsStream } from '@sluice/core/decision/mail-judged.ts';
import type { NewEvent } from '@sluice/core/kernel/event.ts';
import { startEmbeddedEventStore } from '@sluice/embedded-eventstore';
import { connectEventStore } from '@sluice/eventstoredb';
import { openOutbox } from '@sluice/sqlite-edge';
import { corpusMissing } from '../support/corpus.ts';
import { allObserving } from './support/all-checks.ts';
import { clientAddress, isAlone } from './support/alone.ts';
import { startNames } from './support/names.ts';
import { startMx } from './support/mx.ts';
import { asData, sendReal, someMails } from './support/real-mails.ts';

const floor = 2_000;
const goal = 1_000;
const appendedAtOnce = 200;

/** The decisions that an edge would ship. */
function decisionsIn(folder: string): readonly NewEvent[] {
  const outbox = openOutbox({ file: join(folder, 'edge', 'outbox.db'), edge: 'mx.bench.example' });
  const shipments = outbox.shipments({ items: 1_000_000, maxBytes: Number.MAX_SAFE_INTEGER });
  void outbox.close();
  return shipments.filter(({ kind }) => kind === 'decision').map(({ event }) => event);
}

/** As the intake hands it to the log. */
const received = (event: NewEvent, offset: number): NewEvent => ({
  ...event,
  metadata: {
    ...event.metadata,
    intake: {
      at: event.metadata.at,
      body: { pack: '2026-11-22/01930000-0000-7000-8000-000000000000', frame: 12, offset, length: 11_000 },
    },
  },
});

async function bytesOf(events: readonly NewEvent[]): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-bench-'));
  const file = join(folder, 'events.db');
  try {
    const server = await startEmbeddedEventStore({ file });
    const store = connectEventStore(server.url);
    for (let from = 0; from < events.length; from += appendedAtOnce) {
      const part = events.slice(from, from + appendedAtOnce).map((event, n) => received(event, from + n));
      const result = await store.append(decisionsStream('01930000-0000-7000-8000-0000000000d1'), part, 'any');
      if (!result.ok) throw new Error(`not appended: ${result.error.code}`);
    }
    await store.close();
    await server.atRest();
    await server.close();
    return statSync(file).size;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Prints the figures; false if the floor was missed. */
export async function run(count = 1_500): Promise<boolean> {
  if (corpusMissing) {
    console.log('E3: needs the test corpus (SLUICE_TEST_CORPUS); not measured');
    return true;
  }
  const isApart = isAlone();
  await using names = await startNames(isApart ? 53 : 0);
  const policy = { checks: allObserving(), thresholds: { tag: 0, hold: 0, reject: 1_000 } };
  const mails = someMails(count).map(asData);
  let events: readonly NewEvent[] = [];
  {
    await using server = await startMx({
      policy,
      dns: names.address,
      afterwards: (folder) => (events = decisionsIn(folder)),
    });
    const localAddress = isApart ? clientAddress : undefined;
    await sendReal({ port: server.port, mails, sessions: 8, localAddress });
  }
  const bytes = (await bytesOf(events)) / events.length;
  const json = events.reduce((sum, event) => sum + JSON.stringify(event).length, 0) / events.length;
  console.log(
    `\nE3: ${events.length} decisions on ${mails.length} real mails, ${isApart ? '' : 'client on loopback, '}all checks on`,
  );
  console.log(`${bytes.toFixed(0)} bytes a decision on disk; the event as JSON ${json.toFixed(0)}`);
  console.log(`floor ${floor}, goal ${goal}: ${bytes <= floor ? 'met' : 'MISSED'}`);
  return bytes <= floor;
}

if (import.meta.main) process.exit((await run(Number(process.argv[2] ?? 1_500))) ? 0 : 1);
