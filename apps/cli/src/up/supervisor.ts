/** `sluice up`: starts what has no URL in the configuration, then our processes; stops all of them in order. */
import { join, resolve } from 'node:path';
import { type Config, readRunFile, toEnvironment, writeRunFile } from '@sluice/environment';
import { startEmbeddedPostgres } from '@sluice/embedded-postgres';
import { edgeToken } from '@sluice/intake';
import type { Log } from '@sluice/telemetry';
import { refused, unavailable } from '../exit.ts';
import type { RoleName } from '../roles.ts';
import { type Child, startChild } from './child.ts';
import { takeLock } from './lock.ts';
import { choosePorts, type Ports } from './ports.ts';
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

/** By the first role of a process: its heap, for all live on a small machine; and everything is down within 10 s. */
const limits: Readonly<Record<string, { readonly heapMb: number; readonly stopMs: number }>> & {
  readonly centre: { readonly heapMb: number; readonly stopMs: number };
} = {
  mx: { heapMb: 256, stopMs: 3_500 },
  api: { heapMb: 160, stopMs: 2_000 },
  centre: { heapMb: 192, stopMs: 2_000 },
  eventstore: { heapMb: 160, stopMs: 1_500 },
};

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

async function build(config: Config, building: Building): Promise<Instance> {
  const { stack } = building;
  const dataDir = resolve(config.dataDir);
  const secrets = await loadSecrets({ ...config, dataDir });
  const lock = await takeLock(dataDir, 'supervisor', 0);
  if (lock === undefined) {
    throw refused(`Sluice runs already with the data folder ${dataDir}; stop it, or set SLUICE_DATA_DIR.`);
  }
  stack.defer(() => lock.release());
  const ports = await choosePorts(config, (await readRunFile(dataDir))?.ports ?? {});
  const { operatorToken } = secrets;
  const base = { ...config, dataDir, secret: secrets.secret, vaultKey: secrets.vaultKey, operatorToken };
  const givenUp = Promise.withResolvers<string>();
  const processes = startProcesses(building, givenUp.resolve);

  const [eventstoreUrl, postgresUrl] = await Promise.all([
    base.eventstoreUrl ?? startEventstore(base, ports, processes),
    base.postgresUrl ?? startPostgres(base, { ports, secrets, building }),
  ]);
  const settings: Config = { ...base, eventstoreUrl, postgresUrl, ...addresses(base, ports) };
  const centre = await processes.start(['intake', 'projections', 'workers'], settings);
  const api = await processes.start(config.demo ? ['api', 'inbox'] : ['api'], settings);
  const mx = await processes.start(['mx'], { ...settings, healthPort: ports.edgeHealth });

  const apiUrl = `http://${reachable(config.bind)}:${api.ports['api'] ?? config.apiPort}`;
  const run = { apiUrl, operatorToken, ports };
  await writeRunFile(dataDir, { ...run, pid: process.pid });
  stack.defer(() => writeRunFile(dataDir, run));
  const allPorts = { ...centre.ports, ...api.ports, ...mx.ports };
  return {
    ports: allPorts,
    apiUrl,
    operatorToken,
    givenUp: givenUp.promise,
    stop: () => stack.disposeAsync(),
  };
}

/** Where the roles find each other. */
function addresses(config: Config & { readonly secret: string }, ports: Ports) {
  const edge = config.edgeName ?? config.hostname;
  return {
    intakePort: ports.intake,
    intakeUrl: config.intakeUrl ?? `http://${reachable(config.bind)}:${ports.intake}`,
    intakeToken: config.intakeToken ?? edgeToken(config.secret, edge),
    edgeHealthUrl: config.edgeHealthUrl ?? `http://${reachable(config.bind)}:${ports.edgeHealth}`,
  };
}

/** An address for clients on this machine. */
const reachable = (bind: string): string => (bind === '0.0.0.0' || bind === '::' ? '127.0.0.1' : bind);

interface Processes {
  start(roles: readonly RoleName[], settings: Config): Promise<Child>;
}

/** Starts children, each stopped with the instance within its deadline. */
function startProcesses({ stack, log, write }: Building, onGivenUp: (message: string) => void): Processes {
  return {
    async start(roles, settings) {
      const lead = roles[0] ?? 'mx';
      const { heapMb, stopMs } = limits[lead] ?? limits.centre;
      const child = await startChild({
        roles,
        environment: toEnvironment(settings),
        heapMb,
        log,
        write,
        onGivenUp,
      });
      stack.defer(() => child.stop(stopMs));
      return child;
    },
  };
}

async function startEventstore(base: Config, ports: Ports, processes: Processes): Promise<string> {
  const child = await processes.start(['eventstore'], { ...base, eventstorePort: ports.eventstore });
  return `esdb://localhost:${child.ports['eventstore'] ?? ports.eventstore}?tls=false`;
}

async function startPostgres(
  { dataDir }: Config,
  {
    ports,
    secrets,
    building,
  }: { readonly ports: Ports; readonly secrets: Secrets; readonly building: Building },
): Promise<string> {
  try {
    const folder = join(dataDir, 'postgres');
    const started = await startEmbeddedPostgres({
      folder,
      port: ports.postgres,
      password: secrets.postgresPassword,
    });
    building.stack.use(started);
    building.log.info({ port: ports.postgres }, 'PostgreSQL runs');
    return started.url;
  } catch (error) {
    throw unavailable(error instanceof Error ? error.message : String(error));
  }
}
