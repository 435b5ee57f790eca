/** `sluice up`: starts what has no URL in the configuration, then our processes; stops all of them in order. */
import { join, resolve } from 'node:path';
import { type Config, readRunFile, toEnvironment, writeRunFile } from '@sluice/environment';
import { startEmbeddedPostgres } from '@sluice/embedded-postgres';
import { edgeToken } from '@sluice/intake';
import type { Log } from '@sluice/telemetry';
import { refused, unavailable } from '../exit.ts';
import { eventstoreUrl } from '../eventstore-url.ts';
import type { RoleName } from '../roles.ts';
import { buildPanel } from './build-panel.ts';
import { type Child, startChild } from './child.ts';
import { takeLock } from './lock.ts';
import { choosePorts, type Ports, reachable, requireFree } from './ports.ts';
import { requireStore } from './require-store.ts';
import { lacksKeysOfItsEvents, loadSecrets, type Secrets } from './secrets.ts';

export interface Instance {
  /** Ports that its roles listen on, by name. */
  readonly ports: Readonly<Record<string, number>>;
  readonly apiUrl: string;
  readonly panelUrl: string;
  readonly operatorToken: string;
  /** Resolves with a sentence if a process cannot be kept running. */
  readonly givenUp: Promise<string>;
  stop(): Promise<void>;
}

interface Limits {
  /** Cap of the old space, in MiB: all live on a small machine together. */
  readonly heapMb: number;
  readonly youngMb?: number;
  /** Processes with the same number stop at the same time, the highest first. */
  readonly phase: number;
  /** All phases together are down within 10 s. */
  readonly stopMs: number;
}

/** By the first role of a process. */
const limits = {
  mx: { heapMb: 256, phase: 2, stopMs: 5_500 },
  api: { heapMb: 208, phase: 2, stopMs: 2_500 },
  // Its projections rebuild from millions of events.
  intake: { heapMb: 192, youngMb: 64, phase: 1, stopMs: 2_000 },
  eventstore: { heapMb: 160, phase: 0, stopMs: 1_000 },
} as const satisfies Readonly<Record<string, Limits>>;

type Lead = keyof typeof limits;

const leavingMs = 12_000;

const keysAreMissing =
  'There are events, but no secrets.json: mail that was sealed before cannot be read. Put secrets.json and postgres/ back from a backup';

/** Starts an instance; whatever was started is stopped again if a later part fails. */
export async function startInstance(
  config: Config,
  log: Log,
  write: (line: string) => void,
): Promise<Instance> {
  const stack = new AsyncDisposableStack();
  const stopping: Building['stopping'] = [];
  try {
    return await build(config, { log, write, stack, stopping });
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
}

interface Building {
  readonly log: Log;
  readonly write: (line: string) => void;
  readonly stack: AsyncDisposableStack;
  /** What runs, to be stopped phase by phase: what brings work first, what everybody needs last. */
  readonly stopping: { readonly phase: number; readonly stop: () => Promise<void> }[];
}

async function stopInPhases(stopping: Building['stopping']): Promise<void> {
  for (const phase of [2, 1, 0]) {
    await Promise.all(stopping.filter((one) => one.phase === phase).map((one) => one.stop()));
  }
}

/** What would otherwise come out only when everything runs. */
async function lookAhead(config: Config, log: Log): Promise<void> {
  const { dataDir, eventstoreUrl: storeUrl } = config;
  if (storeUrl !== undefined) await requireStore(storeUrl);
  else if (await lacksKeysOfItsEvents(config)) log.warn({ dataDir }, keysAreMissing);
}

async function build(config: Config, building: Building): Promise<Instance> {
  const { stack } = building;
  const dataDir = resolve(config.dataDir);
  await lookAhead({ ...config, dataDir }, building.log);
  const secrets = await loadSecrets({ ...config, dataDir });
  const lock = await takeLock(dataDir, 'supervisor', 0);
  if (lock === undefined) {
    throw refused(`Sluice runs already with the data folder ${dataDir}; stop it, or set SLUICE_DATA_DIR.`);
  }
  stack.defer(() => lock.release());
  stack.defer(() => stopInPhases(building.stopping));
  const last = await readRunFile(dataDir);
  // Processes of a supervisor that was killed need a moment to end.
  await requireFree(config, last?.pid === undefined ? 0 : leavingMs);
  await buildPanel(building.log);
  const ports = await choosePorts(config, last?.ports ?? {});
  const { secret, vaultKey, rootsKey, operatorToken } = secrets;
  const base = { ...config, dataDir, secret, vaultKey, rootsKey, operatorToken };
  const givenUp = Promise.withResolvers<string>();
  const processes = startProcesses(building, givenUp.resolve);

  const [storeUrl, postgresUrl] = await Promise.all([
    base.eventstoreUrl ??
      startEventstore({ ...base, eventstorePassword: secrets.eventstorePassword }, ports, processes),
    base.postgresUrl ?? startPostgres(base, { ports, secrets, building }),
  ]);
  const settings: Config = { ...base, eventstoreUrl: storeUrl, postgresUrl, ...addresses(base, ports) };
  const centre = await processes.start(['intake', 'projections', 'workers'], settings);
  const api = await processes.start(['api', 'panel', ...(config.demo ? (['inbox'] as const) : [])], settings);
  const mx = await processes.start(['mx'], { ...settings, healthPort: ports.edgeHealth });

  const apiUrl = `http://${reachable(config.bind)}:${api.ports['api'] ?? config.apiPort}`;
  const run = { apiUrl, operatorToken, ports };
  await writeRunFile(dataDir, { ...run, pid: process.pid });
  stack.defer(() => writeRunFile(dataDir, run));
  const allPorts = { ...centre.ports, ...api.ports, ...mx.ports };
  return {
    ports: allPorts,
    apiUrl,
    panelUrl: panelUrl(config, ports),
    operatorToken,
    givenUp: givenUp.promise,
    stop: () => stack.disposeAsync(),
  };
}

/** For people: browsers take `localhost` for a safe place. */
function panelUrl({ publicUrl, bind }: Config, ports: Ports): string {
  const host = reachable(bind) === '127.0.0.1' ? 'localhost' : bind;
  return publicUrl ?? `http://${host}:${ports.panel}`;
}

/** Where the roles find each other. */
function addresses(config: Config & { readonly secret: string }, ports: Ports) {
  const edge = config.edgeName ?? config.hostname;
  return {
    intakePort: ports.intake,
    intakeUrl: config.intakeUrl ?? `http://${reachable(config.bind)}:${ports.intake}`,
    intakeToken: config.intakeToken ?? edgeToken(config.secret, edge),
    panelPort: ports.panel,
    panelHealthUrl: config.panelHealthUrl ?? `http://${reachable(config.bind)}:${ports.panel}`,
    edgeHealthUrl: config.edgeHealthUrl ?? `http://${reachable(config.bind)}:${ports.edgeHealth}`,
  };
}

interface Processes {
  start(roles: readonly [Lead, ...RoleName[]], settings: Config): Promise<Child>;
}

/** Starts children, each stopped in its phase. */
function startProcesses({ stopping, log, write }: Building, onGivenUp: (message: string) => void): Processes {
  return {
    async start(roles, settings) {
      const { phase, stopMs, ...memory }: Limits = limits[roles[0]];
      const environment = toEnvironment(settings);
      const child = await startChild({ roles, environment, ...memory, log, write, onGivenUp });
      stopping.push({ phase, stop: () => child.stop(stopMs) });
      return child;
    },
  };
}

async function startEventstore(base: Config, ports: Ports, processes: Processes): Promise<string> {
  const child = await processes.start(['eventstore'], { ...base, eventstorePort: ports.eventstore });
  return eventstoreUrl(base, child.ports['eventstore'] ?? ports.eventstore);
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
    building.stopping.push({ phase: 0, stop: () => started.stop() });
    building.log.info({ port: ports.postgres }, 'PostgreSQL runs');
    return started.url;
  } catch (error) {
    throw unavailable(error instanceof Error ? error.message : String(error));
  }
}
