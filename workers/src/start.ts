/** The role `workers`: redelivers released mail. */
import { connectQueues } from '@sluice/bullmq';
import { createCommandContext } from '@sluice/core/use-cases/context.ts';
import type { RetryPolicy } from '@sluice/core/ports/queue.ts';
import { createRedelivery, redeliveryRetry } from '@sluice/core/use-cases/redeliver.ts';
import { archiveFolder, type Config, loadChecks, required } from '@sluice/environment';
import { connectEventStore } from '@sluice/eventstoredb';
import { createIds, createKeyWrapping, createVault, systemClock } from '@sluice/node-crypto';
import { createDelivery } from '@sluice/nodemailer';
import { openPackFolder } from '@sluice/pack-folder';
import {
  connectPostgres,
  createMailLookup,
  createOwedDeliveries,
  createPostgresKeyStore,
  createUndoOrders,
} from '@sluice/postgres';
import { createLog, createMetrics, startHealthServer } from '@sluice/telemetry';
import { startUndoing } from './start-undoing.ts';
import { keepFollowing, queueWhatIsOwed } from './follow-releases.ts';
import { startSigningRoots } from './start-signing-roots.ts';

export interface WorkersOptions {
  readonly retry?: RetryPolicy;
  /** Passed on to `connectQueues`. */
  readonly lockMs?: number;
}

const concurrency = 8;

export async function start(config: Config, { retry = redeliveryRetry, lockMs }: WorkersOptions = {}) {
  await using stack = new AsyncDisposableStack();
  const log = createLog({ role: 'workers', level: config.logLevel, format: config.logFormat });
  await loadChecks(config);

  const store = connectEventStore(required(config, 'eventstoreUrl'));
  stack.defer(() => store.close());
  const postgres = connectPostgres(required(config, 'postgresUrl'), { connections: 4 });
  stack.defer(() => postgres.close());
  await postgres.migrate();
  const keys = createPostgresKeyStore(postgres.db, createKeyWrapping(required(config, 'vaultKey')));
  const vault = createVault(keys);
  const packs = openPackFolder(archiveFolder(config));
  stack.defer(() => packs.close());
  const queues = await connectQueues({
    ...(config.redisUrl === undefined
      ? { postgresUrl: required(config, 'postgresUrl') }
      : { redisUrl: config.redisUrl }),
    ...(lockMs === undefined ? {} : { lockMs }),
    log: (message) => log.warn({}, message),
  });
  stack.defer(() => queues.close());
  const delivery = createDelivery();
  stack.defer(() => delivery.close());

  const context = createCommandContext(
    { store, vault, keys, clock: systemClock, ids: createIds() },
    { kind: 'system', id: 'workers' },
  );
  const owed = createOwedDeliveries(postgres.db);
  const redeliver = createRedelivery({
    context,
    lookup: createMailLookup(postgres.db),
    packs,
    delivery,
    hostname: config.hostname,
    forget: (payload) => owed.forget(payload),
  });
  const working = await queues.work('redelivery', redeliver, { concurrency, retry });
  stack.defer(() => working.close());

  const following = { store, vault, queues, log, owed };
  await queueWhatIsOwed(following);
  const stopping = new AbortController();
  const followed = keepFollowing(following, stopping.signal);
  stack.defer(async () => {
    stopping.abort();
    await followed;
  });

  const undoing = await startUndoing(
    { ports: context.ports, orders: createUndoOrders(postgres.db, context.ports.vault), queues, log },
    createMailLookup(postgres.db),
  );
  stack.defer(() => undoing[Symbol.asyncDispose]());

  const signing = startSigningRoots(config, { store, delivery, log });
  stack.defer(() => signing[Symbol.asyncDispose]());

  const health = await startHealthServer({
    role: 'workers',
    host: config.bind,
    port: 0,
    metrics: createMetrics('workers'),
    ready: async () => ({
      queues: { ready: await queues.ping(2_000) },
      eventstore: { ready: (await store.ping(2_000)).ok },
    }),
  });
  stack.defer(() => health.close());
  log.info({ queue: config.redisUrl === undefined ? 'PostgreSQL' : 'Redis' }, 'The workers run');

  const running = stack.move();
  return { ports: { workersHealth: health.port }, [Symbol.asyncDispose]: () => running.disposeAsync() };
}
