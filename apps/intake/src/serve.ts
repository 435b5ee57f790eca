/** An intake on given stores: the use case, the feed and the server, wired. */
import { createTakeBatch } from '@sluice/core/intake/take-batch.ts';
import type { Clock, Ids } from '@sluice/core/ports/clock.ts';
import type { EventStore } from '@sluice/core/ports/event-store.ts';
import type { PackStore } from '@sluice/core/ports/pack-store.ts';
import type { KeyStore } from '@sluice/core/ports/vault.ts';
import { lastTraining, noteEdge, type Postgres } from '@sluice/postgres';
import { closeServer, listen, type Log, type Metrics } from '@sluice/telemetry';
import { readBayes } from './bayes.ts';
import { readFeed } from './feed.ts';
import { gatherBodies } from './gather-bodies.ts';
import { createIntakeServer } from './server.ts';
import { watchChanges } from './watch-changes.ts';

export interface IntakeParts {
  readonly store: EventStore;
  readonly packs: PackStore;
  readonly postgres: Pick<Postgres, 'db' | 'ping'>;
  readonly keys: KeyStore;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly metrics: Metrics;
  readonly log: Log;
}

export interface IntakeAddress {
  readonly host: string;
  readonly port: number;
  readonly secret: string;
}

const pingMs = 2_000;

/** Stops by `close`: what was being stored is finished, connections are cut. */
export async function serveIntake(
  { store, packs, postgres, keys, clock, ids, metrics, log }: IntakeParts,
  { host, port, secret }: IntakeAddress,
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const packed = metrics.counter('sluice_intake_packed_mails_total', 'Raw mails put into packs');
  const packBytes = metrics.counter('sluice_intake_pack_bytes_total', 'Bytes of packs written');
  const bodies = gatherBodies({
    packs,
    newName: () => packName(clock.now(), ids.next()),
    onPack(pack) {
      packed.inc(pack.mails);
      packBytes.inc(pack.bytes);
    },
  });
  const watch = watchChanges(postgres.db);
  const trainings = watchChanges(postgres.db, lastTraining);
  const server = createIntakeServer({
    secret,
    takeBatch: createTakeBatch({ store, bodies, clock }),
    readFeed: (after, options) => readFeed({ db: postgres.db, keys, watch }, after, options),
    readBayes: (after, options) => readBayes({ db: postgres.db, watch: trainings }, after, options),
    noteEdge: (edge, position) => noteEdge(postgres.db, edge, position),
    ready: async () => ({
      eventstore: health(await store.ping(pingMs)),
      postgres: health(await postgres.ping(pingMs)),
    }),
    metrics,
    log,
  });
  const listening = await listen(server, { host, port });
  return {
    port: listening,
    async close() {
      watch.close();
      trainings.close();
      await closeServer(server);
      await bodies.close();
    },
  };
}

/** By the day, so that a folder of packs is easy to look at and to back up. */
const packName = (now: string, id: string): string => `${now.slice(0, 10)}/${id}`;

const health = (answer: { readonly ok: boolean; readonly error?: string }) =>
  answer.ok ? { ready: true } : { ready: false, message: answer.error ?? 'It does not answer.' };
