/** The role `intake`: where edges hand in what they decided and kept, and learn what has changed. */
import { archiveFolder, type Config, loadChecks, required } from '@sluice/environment';
import { connectEventStore } from '@sluice/eventstoredb';
import { createIds, createKeyWrapping, systemClock } from '@sluice/node-crypto';
import { openPackFolder } from '@sluice/pack-folder';
import { connectPostgres, createPostgresKeyStore } from '@sluice/postgres';
import { createLog, createMetrics } from '@sluice/telemetry';
import { serveIntake } from './serve.ts';

export async function start(config: Config) {
  await using stack = new AsyncDisposableStack();
  const log = createLog({ role: 'intake', level: config.logLevel, format: config.logFormat });
  await loadChecks(config);

  const store = connectEventStore(required(config, 'eventstoreUrl'));
  stack.defer(() => store.close());
  const postgres = connectPostgres(required(config, 'postgresUrl'), { connections: 4 });
  stack.defer(() => postgres.close());
  await postgres.migrate();
  const packs = openPackFolder(archiveFolder(config));
  stack.defer(() => packs.close());

  const intake = await serveIntake(
    {
      store,
      packs,
      postgres,
      keys: createPostgresKeyStore(postgres.db, createKeyWrapping(required(config, 'vaultKey'))),
      clock: systemClock,
      ids: createIds(),
      metrics: createMetrics('intake'),
      log,
    },
    { host: config.bind, port: config.intakePort, secret: required(config, 'secret') },
  );
  stack.defer(() => intake.close());
  log.info({ port: intake.port }, 'The intake takes batches');

  const running = stack.move();
  return { ports: { intake: intake.port }, [Symbol.asyncDispose]: () => running.disposeAsync() };
}
