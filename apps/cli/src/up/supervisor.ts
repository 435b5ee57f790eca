/** `sluice up`: starts what has no URL in the configuration, then our processes; stops all of them in order. */
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join, resolve } from 'node:path';
import { type Config, readRunFile, toEnvironment, writeRunFile } from '@sluice/environment';
import { startEmbeddedPostgres } from '@sluice/embedded-postgres';
import { edgeToken } from '@sluice/intake';
import type { Log } from '@sluice/telemetry';
import { refused, unavailable } from '../exit.ts';
import { type Child, startChild } from './child.ts';
import { takeLock } from './lock.ts';
import { loadSecrets, type Secrets } from './secrets.ts';

export interface Instance {
  /** Ports that its roles listen on, by name. */
  readonly ports: Readonly<Record<string, number>>;
  readonly apiUrl: string;
  readonly operatorToken: string;
  /** Resolves with a sentence if a process cannot be kept running. */
  readonly givenUp: Promise<string>;
  stop(): Promise<void>;
}

/** Everything must be down within 10 s of the signal. */
const stopDeadlines = { mx: 4_000, others: 3_000, eventstore: 2_000 };

/** Starts an instance; whatever was started is stopped again if a later part fails. */
export async function startInstance(
  config: Config,
  log: Log,
  write: (line: string) => void,
): Promise<Instance> {
  const stack = new AsyncDisposableStack();
  try {
    return await build(config, { log, write, stack });
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

interface Building {
  readonly log: Log;
  readonly write: (line: string) => void;
  readonly stack: AsyncDisposableStack;
}

async function build(config: Config, { log, write, stack }: Building): Promise<Instance> {
  const dataDir = resolve(config.dataDir);
  const secrets = await loadSecrets({ ...config, dataDir });
  const lock = await takeLock(dataDir, 'supervisor', 0);
  if (lock === undefined)
    throw refused(`Sluice runs already with the data folder ${dataDir}; stop it, or set SLUICE_DATA_DIR.`);
  stack.defer(() => lock.release());
  const ports = await choosePorts(config, (await readRunFile(dataDir))?.ports ?? {});
  const givenUp = Promise.withResolvers<string>();
  const base = {
    ...config,
    dataDir,
    secret: secrets.secret,
    vaultKey: secrets.vaultKey,
    operatorToken: secrets.operatorToken,
  };

  const child = async (roles: readonly string[], settings: Config, heapMb: number): Promise<Child> => {
    return startChild({
      roles,
      environment: toEnvironment(settings),
      heapMb,
      log,
      write,
      onGivenUp: givenUp.resolve,
    });
  };
  const stopLater = (started: Child, deadlineMs: number): void => stack.defer(() => started.stop(deadlineMs));

  const [eventstoreUrl, postgresUrl] = await Promise.all([
    startEventstore({ base, ports, child, stopLater }),
    startPostgres({ base, ports, secrets, stack, log }),
  ]);
  const settings: Config = {
    ...base,
    eventstoreUrl,
    postgresUrl,
    intakePort: ports.intake,
    intakeUrl: config.intakeUrl ?? `http://127.0.0.1:${ports.intake}`,
    intakeToken: config.intakeToken ?? edgeToken(secrets.secret, config.edgeName ?? config.hostname),
    edgeHealthUrl: config.edgeHealthUrl ?? `http://127.0.0.1:${ports.edgeHealth}`,
  };
  const centre = await child(['intake', 'projections', 'workers'], settings, 192);
  stopLater(centre, stopDeadlines.others);
  const api = await child(config.demo ? ['api', 'inbox'] : ['api'], settings, 160);
  stopLater(api, stopDeadlines.others);
  const mx = await child(['mx'], { ...settings, healthPort: ports.edgeHealth }, 256);
  stopLater(mx, stopDeadlines.mx);

  const apiHost = config.bind === '0.0.0.0' ? '127.0.0.1' : config.bind;
  const apiUrl = `http://${apiHost}:${api.ports['api'] ?? config.apiPort}`;
  const run = { apiUrl, operatorToken: secrets.operatorToken, ports };
  await writeRunFile(dataDir, { ...run, pid: process.pid, started: await startTime() });
  stack.defer(() => writeRunFile(dataDir, run));
  return {
    apiUrl,
    operatorToken: secrets.operatorToken,
    givenUp: givenUp.promise,
    stop: () => stack.disposeAsync(),
  };
}

type Ports = Readonly<Record<'eventstore' | 'postgres' | 'intake' | 'edgeHealth', number>>;

/** Ports of embedded parts: those of last time, or free ones. */
async function choosePorts(config: Config, remembered: Readonly<Record<string, number>>): Promise<Ports> {
  const choose = async (name: string, wanted: number): Promise<number> => {
    if (wanted !== 0) return wanted;
    const last = remembered[name];
    return last !== undefined && (await isFree(last)) ? last : freePort();
  };
  return {
    eventstore: await choose('eventstore', config.eventstorePort),
    postgres: remembered['postgres'] ?? (await freePort()),
    intake: await choose('intake', config.intakePort),
    edgeHealth: await choose('edgeHealth', config.healthPort),
  };
}

const freePort = (): Promise<number> => probe(0);

const isFree = (port: number): Promise<boolean> =>
  probe(port).then(
    () => true,
    () => false,
  );

function probe(port: number): Promise<number> {
  return new Promise((resolvePort, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolvePort(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

async function startEventstore(options: {
  readonly base: Config;
  readonly ports: Ports;
  readonly child: (roles: readonly string[], settings: Config, heapMb: number) => Promise<Child>;
  readonly stopLater: (started: Child, deadlineMs: number) => void;
}): Promise<string> {
  const { base, ports, child, stopLater } = options;
  if (base.eventstoreUrl !== undefined) return base.eventstoreUrl;
  const started = await child(['eventstore'], { ...base, eventstorePort: ports.eventstore }, 160);
  stopLater(started, stopDeadlines.eventstore);
  return `esdb://localhost:${started.ports['eventstore'] ?? ports.eventstore}?tls=false`;
}

async function startPostgres(options: {
  readonly base: Config;
  readonly ports: Ports;
  readonly secrets: Secrets;
  readonly stack: AsyncDisposableStack;
  readonly log: Log;
}): Promise<string> {
  const { base, ports, secrets, stack, log } = options;
  if (base.postgresUrl !== undefined) return base.postgresUrl;
  try {
    const folder = join(base.dataDir, 'postgres');
    const started = await startEmbeddedPostgres({
      folder,
      port: ports.postgres,
      password: secrets.postgresPassword,
    });
    stack.use(started);
    log.info({ port: ports.postgres }, 'PostgreSQL runs');
    return started.url;
  } catch (error) {
    throw unavailable(error instanceof Error ? error.message : String(error));
  }
}

/** Start time of this process in clock ticks since boot, so that a reused pid is told apart; '' where there is no /proc. */
async function startTime(): Promise<string> {
  const stat = await readFile('/proc/self/stat', 'utf8').catch(() => '');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}
