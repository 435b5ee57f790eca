/** The role `mx`: takes mail in, judges it, keeps it, delivers it, and hands on what it decided. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { createCallout } from '@sluice/core/edge/callout.ts';
import { createReceiver } from '@sluice/core/edge/receive.ts';
import { connectClamd } from '@sluice/clamd';
import { createDeadline, createResolver } from '@sluice/dns';
import { type Config, loadChecks, required } from '@sluice/environment';
import { connectEngine } from '@sluice/external-engine';
import { createMailAuthenticator } from '@sluice/mailauth';
import { createMessageInspector } from '@sluice/mime';
import { createIntakeClient } from '@sluice/intake-client';
import { createIds, createVault, systemClock } from '@sluice/node-crypto';
import { createDelivery, createRouteProbe } from '@sluice/nodemailer';
import { type SmtpLimits, startSmtpListener } from '@sluice/smtp-server';
import { createPause, openBayesReplica, openOutbox, openReplica } from '@sluice/sqlite-edge';
import { createLog, createMetrics, PortTaken, startHealthServer } from '@sluice/telemetry';
import { tlsMaterial } from './certificate.ts';
import { openCounters, openSharedAnswers } from './counters.ts';
import { watchDisk } from './disk-space.ts';
import { edgeMetrics, readiness } from './health.ts';
import { startLoops } from './loops.ts';
import { operatorChecks, watchLoad } from './operator-checks.ts';
import { keepRefusals } from './refusals.ts';
import { replicaKeys } from './replica-keys.ts';

/** Beside the configuration: what tests and benches change. */
export interface MxOptions {
  readonly limits?: Partial<SmtpLimits>;
  /** Below this much free space mail is asked to come again. */
  readonly minFreeBytes?: number;
}

const maxRecipients = 1_000;
const minFree = 256 * 1_048_576;
/** What a message in flight has to finish in when we are told to stop, in ms. */
const drainMs = 2_000;

export async function start(config: Config, options: MxOptions = {}) {
  await using stack = new AsyncDisposableStack();
  const log = createLog({ role: 'mx', level: config.logLevel, format: config.logFormat });
  await loadChecks(config);
  const { hostname, edgeName: edge = hostname } = config;
  const clock = systemClock;
  const ids = createIds();

  const folder = join(config.dataDir, 'edge');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const disk = stack.use(await watchDisk(folder, options.minFreeBytes ?? minFree));
  const replica = stack.adopt(openReplica({ file: join(folder, 'replica.db') }), (one) => one.close());
  const bayes = stack.adopt(openBayesReplica({ file: join(folder, 'bayes.db') }), (one) => one.close());
  const outbox = stack.adopt(openOutbox({ file: join(folder, 'outbox.db'), edge }), (one) => one.close());
  const inspector = stack.adopt(createMessageInspector(), (one) => one.close());
  const shared = openSharedAnswers(config.redisUrl);
  stack.defer(() => shared?.close());
  const resolver = createResolver({
    ...(config.dns === undefined ? {} : { server: config.dns }),
    ...(shared === undefined ? {} : { shared }),
  });
  const vault = createVault(replicaKeys(replica));

  const counters = stack.adopt(openCounters(config.redisUrl, log), (one) => one.close());
  const busy = stack.use(watchLoad(outbox, disk));
  const pause = createPause();

  const parts = { replica, outbox, disk };
  const metrics = createMetrics('mx');
  const figures = edgeMetrics(metrics, parts, () => listener.connections());
  const receiver = createReceiver(
    {
      replica,
      bayes,
      outbox,
      vault,
      clock,
      ids,
      resolver,
      inspector,
      deadline: createDeadline(),
      counters,
      pause,
      callout: createCallout(createRouteProbe({ helo: hostname })),
      load: () => busy.load(),
      authenticator: createMailAuthenticator(resolver),
      scanner: config.clamdUrl === undefined ? undefined : connectClamd(config.clamdUrl),
      engine: connectEngine(config.engineUrl),
    },
    {
      hostname,
      edge,
      maxRecipients,
      maxMessageBytes: config.maxMessageBytes,
      service: operatorChecks(config),
      hasRoom: () => disk.hasRoom(),
      onDecided(mail) {
        figures.decided(mail);
        log[mail.verdict === 'accept' ? 'debug' : 'info']({ ...mail }, 'Mail decided');
      },
      onError: (error) => log.error({ error: String(error) }, 'A mail could not be decided'),
    },
  );
  const delivery = stack.adopt(createDelivery(), (one) => one.close());
  const intake =
    config.intakeUrl === undefined
      ? undefined
      : createIntakeClient({ url: config.intakeUrl, token: required(config, 'intakeToken'), edge });
  stack.use(
    startLoops(
      { outbox, replica, bayes, delivery, intake, vault, clock, pause, log, counters },
      { edge, hostname },
    ),
  );
  stack.use(keepRefusals({ refusals: receiver.refusals, outbox, vault, clock, ids, log, edge }));

  const health = await startHealthServer({
    role: 'mx',
    host: config.bind,
    port: config.healthPort,
    metrics,
    ready: () => readiness(parts),
  });
  stack.defer(() => health.close());
  const listener = await startSmtpListener({
    host: config.bind,
    port: config.smtpPort,
    hostname,
    tls: await tlsMaterial(config),
    limits: {
      maxMessageBytes: config.maxMessageBytes,
      bannerDelayMs: config.bannerDelayMs,
      ...options.limits,
    },
    session: (client) => receiver.open(client),
    onTurnedAway(why) {
      figures.turnedAway(why);
      receiver.refusals.add(clock.now(), { reason: why, code: 421 });
    },
    onError: (error) => log.error({ error: String(error) }, 'A session failed'),
  }).catch((error: NodeJS.ErrnoException) => {
    throw error.code === 'EADDRINUSE' ? new PortTaken(config.bind, config.smtpPort) : error;
  });
  stack.defer(() => listener.close(drainMs));
  log.info({ port: listener.port, health: health.port }, 'The edge takes mail');

  const running = stack.move();
  return {
    ports: { smtp: listener.port, mxHealth: health.port },
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}
