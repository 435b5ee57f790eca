/** The role `projections`: builds every read model, in one process at a time. */
import { archiveFolder, type Config, loadChecks, quarantineFolder, required } from '@sluice/environment';
import { connectEventStore } from '@sluice/eventstoredb';
import { createMessageInspector } from '@sluice/mime';
import { createKeyWrapping, createVault } from '@sluice/node-crypto';
import { openPackFolder } from '@sluice/pack-folder';
import { connectPostgres, createPostgresKeyStore, tryExclusive } from '@sluice/postgres';
import { openMeilisearchIndexes } from '@sluice/meilisearch';
import { openQuarantineIndexes } from '@sluice/sqlite-fts5';
import { createLog, createMetrics, startHealthServer } from '@sluice/telemetry';
import { keepOnDuty } from './duty.ts';
import { createProjectionMetrics } from './metrics.ts';
import { runProjections } from './run.ts';

export async function start(config: Config) {
  await using stack = new AsyncDisposableStack();
  const log = createLog({ role: 'projections', level: config.logLevel, format: config.logFormat });
  await loadChecks(config);
  const metrics = createMetrics('projections');

  const store = connectEventStore(required(config, 'eventstoreUrl'));
  stack.defer(() => store.close());
  const postgresUrl = required(config, 'postgresUrl');
  const postgres = connectPostgres(postgresUrl);
  stack.defer(() => postgres.close());
  await postgres.migrate();
  const keys = createPostgresKeyStore(postgres.db, createKeyWrapping(required(config, 'vaultKey')));
  const packs = openPackFolder(archiveFolder(config));
  stack.defer(() => packs.close());
  const inspector = createMessageInspector();
  stack.defer(() => inspector.close());

  const ports = {
    db: postgres.db,
    store,
    vault: createVault(keys),
    packs,
    indexes:
      config.meiliUrl === undefined
        ? openQuarantineIndexes(quarantineFolder(config))
        : openMeilisearchIndexes({ url: config.meiliUrl, key: config.meiliKey }),
    inspector,
    log,
    metrics: createProjectionMetrics(metrics),
    nowMs: Date.now,
  };
  const duty = keepOnDuty({
    lock: () => tryExclusive(postgresUrl, 'projections'),
    work: () => runProjections(ports),
    log,
  });
  stack.defer(() => duty.close());

  const health = await startHealthServer({
    role: 'projections',
    host: config.bind,
    port: config.healthPort,
    metrics,
    ready: async () => duty.health(),
  });
  stack.defer(() => health.close());
  log.info({ health: health.port }, 'The projections run');

  const running = stack.move();
  return {
    ports: { projectionsHealth: health.port },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
