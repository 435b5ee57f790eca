/**
 * An intake that kills itself (-9) in a chosen phase of a batch: `EVENTSTORE_URL POSTGRES_URL ARCHIVE PHASE NTH`. Phases:
 * `before-pack`, `after-pack`, `before-append`, `after-append`, `never`; at the NTH time that it gets there. Says on stdout
 * `port N`.
 */
import type { EventStore } from '@sluice/core/ports/event-store.ts';
import type { PackStore } from '@sluice/core/ports/pack-store.ts';
import { connectEventStore } from '@sluice/eventstoredb';
import { createKeyWrapping } from '@sluice/node-crypto';
import { openPackFolder } from '@sluice/pack-folder';
import { connectPostgres, createPostgresKeyStore } from '@sluice/postgres';
import { vaultKey } from './intake.harness.ts';
import { startTestIntake } from './intake.http.harness.ts';

const [eventstoreUrl = '', postgresUrl = '', archive = '', phase = 'never', nth = '1'] =
  process.argv.slice(2);

let left = Number(nth);
function pass(point: string): void {
  if (point === phase && (left -= 1) <= 0) process.kill(process.pid, 'SIGKILL');
}

const folder = openPackFolder(archive);
const packs: PackStore = {
  ...folder,
  async put(name, bytes) {
    pass('before-pack');
    await folder.put(name, bytes);
    pass('after-pack');
  },
};
const events = connectEventStore(eventstoreUrl);
const store: EventStore = {
  ...events,
  async append(stream, batch, expected) {
    pass('before-append');
    const appended = await events.append(stream, batch, expected);
    pass('after-append');
    return appended;
  },
};
const postgres = connectPostgres(postgresUrl);
const keys = createPostgresKeyStore(postgres.db, createKeyWrapping(vaultKey));
const { url } = await startTestIntake({ store, packs, postgres, keys });
process.stdout.write(`port ${new URL(url).port}\n`);
