/** The role `api`: commands and queries for the panel and the command line. */
import { availableParallelism, totalmem } from 'node:os';
import { openSessions } from '@sluice/better-auth';
import { connectQueues } from '@sluice/bullmq';
import { archiveFolder, type Config, loadChecks, quarantineFolder, required } from '@sluice/environment';
import { connectEventStore } from '@sluice/eventstoredb';
import {
  createIds,
  createKeyWrapping,
  createRootSigner,
  createVault,
  systemClock,
} from '@sluice/node-crypto';
import { openMeilisearchIndexes } from '@sluice/meilisearch';
import { createMailViewer, createMessageInspector } from '@sluice/mime';
import { createRouteProbe } from '@sluice/nodemailer';
import { openPackFolder } from '@sluice/pack-folder';
import { connectPostgres, createPostgresKeyStore, readCheckpoint } from '@sluice/postgres';
import { openQuarantineIndexes } from '@sluice/sqlite-fts5';
import { closeServer, createLog, createMetrics, listen } from '@sluice/telemetry';
import { prepareAuth } from './auth.ts';
import { authenticate } from './credentials.ts';
import { createJobs } from './jobs.ts';
import { ownOrigin } from './origin.ts';
import { watchCheckpoint } from './live/checkpoint-watch.ts';
import { createThreadedReplayer } from './replay/threads.ts';
import { createApiServer } from './server.ts';
import { statusOf } from './status.ts';

/** Threads that go over recorded decisions, at most; each takes some 80 MB while it does, so that a small machine has one. */
const mostThreads = 4;
const memoryAThread = 2 ** 30;

const replayThreads = (): number =>
  Math.max(1, Math.min(mostThreads, availableParallelism(), Math.floor(totalmem() / memoryAThread)));

export async function start(config: Config) {
  await using stack = new AsyncDisposableStack();
  const log = createLog({ role: 'api', level: config.logLevel, format: config.logFormat });
  await loadChecks(config);
  const operatorToken = required(config, 'operatorToken');

  const store = connectEventStore(required(config, 'eventstoreUrl'));
  stack.defer(() => store.close());
  const postgres = connectPostgres(required(config, 'postgresUrl'));
  stack.defer(() => postgres.close());
  await postgres.migrate();
  const sessions = await openSessions({
    postgresUrl: required(config, 'postgresUrl'),
    secret: required(config, 'secret'),
    publicUrl: config.publicUrl ?? `http://localhost:${config.panelPort}`,
    trustedOrigins: (headers) => [ownOrigin(Object.fromEntries(headers))],
    onProblem: (message) => log.warn({ message }, 'Sign-ins'),
  });
  stack.defer(() => sessions.close());
  const keys = createPostgresKeyStore(postgres.db, createKeyWrapping(required(config, 'vaultKey')));
  const packs = openPackFolder(archiveFolder(config));
  stack.defer(() => packs.close());
  const viewer = createMailViewer();
  stack.defer(() => viewer.close());
  const inspector = createMessageInspector();
  stack.defer(() => inspector.close());
  const queues = await connectQueues(
    config.redisUrl === undefined
      ? { postgresUrl: required(config, 'postgresUrl') }
      : { redisUrl: config.redisUrl },
  );
  stack.defer(() => queues.close());
  const indexes =
    config.meiliUrl === undefined
      ? openQuarantineIndexes(quarantineFolder(config))
      : openMeilisearchIndexes({ url: config.meiliUrl, key: config.meiliKey });
  const quarantine = await indexes.openReader();
  stack.defer(() => quarantine.close());

  const vault = createVault(keys);
  const replayer = createThreadedReplayer({
    log: { store, vault },
    keys,
    settings: { eventstoreUrl: required(config, 'eventstoreUrl'), checks: config.checks },
    threads: replayThreads(),
  });
  stack.defer(() => replayer.close());
  const ids = createIds();
  const jobs = createJobs({ nextId: () => ids.next(), log });
  stack.defer(() => jobs.close());

  const roles = { intake: config.intakeUrl, mx: config.edgeHealthUrl, panel: config.panelHealthUrl };
  const services = {
    db: postgres.db,
    store,
    commandPorts: { store, vault, keys, clock: systemClock, ids, replayer },
    quarantine,
    packs,
    viewer,
    inspector,
    jobs,
    log,
    queues,
    credentials: sessions,
    routeProbe: createRouteProbe({ helo: config.hostname }),
    signer: config.rootsKey === undefined ? undefined : createRootSigner(config.rootsKey),
    live: {
      quarantine: watchCheckpoint(() => quarantine.checkpoint()),
      mails: watchCheckpoint(() => readCheckpoint(postgres.db, 'mails')),
    },
    status: () => statusOf({ store, postgres, queues, quarantine, roles }),
  };
  const identities = { db: postgres.db, sessions, operatorToken };
  const server = createApiServer({
    services,
    authenticate: (request) => authenticate(identities, request),
    auth: (request, response) => {
      prepareAuth(request);
      return sessions.handler(request, response);
    },
    publicUrl: config.publicUrl,
    metrics: createMetrics('api'),
    log,
  });
  const port = await listen(server, { host: config.bind, port: config.apiPort });
  stack.defer(() => closeServer(server));
  log.info({ port }, 'The api runs');

  const running = stack.move();
  return { ports: { api: port }, [Symbol.asyncDispose]: () => running.disposeAsync() };
}
