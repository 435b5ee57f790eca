/** Every role and how it is started; a process is a list of these. */
import type { Config } from '@sluice/environment';
import { startEventstore } from './eventstore.ts';
import { reachable } from './up/ports.ts';

/** A role at work. */
export interface RunningRole extends AsyncDisposable {
  /** Ports it listens on, by name. */
  readonly ports: Readonly<Record<string, number>>;
}

type StartRole = (config: Config) => Promise<RunningRole>;

/** Loaded when they are started: a process pays only for the roles that it runs. */
const roles = {
  eventstore: async () => startEventstore,
  mx: async () => (await import('@sluice/mx')).start,
  intake: async () => (await import('@sluice/intake')).start,
  api: async () => (await import('@sluice/api')).start,
  panel: async () => (await import('@sluice/panel')).start,
  inbox: async () => (await import('@sluice/inbox')).start,
  projections: async () => (await import('@sluice/projections')).start,
  workers: async () => (await import('@sluice/workers')).start,
} satisfies Record<string, () => Promise<StartRole>>;

export type RoleName = keyof typeof roles;

export const roleNames = Object.keys(roles) as readonly RoleName[];

export const isRoleName = (name: string): name is RoleName => Object.hasOwn(roles, name);

/** A role finds the api of its own process without being told. */
function known(config: Config, ports: Readonly<Record<string, number>>): Config {
  const { api } = ports;
  if (api === undefined || config.apiUrl !== undefined) return config;
  return { ...config, apiUrl: `http://${reachable(config.bind)}:${api}` };
}

/** Starts roles one after the other; stops them in reverse order. */
export async function startRoles(names: readonly RoleName[], config: Config): Promise<RunningRole> {
  const stack = new AsyncDisposableStack();
  const ports: Record<string, number> = {};
  try {
    for (const name of names) {
      const start: StartRole = await roles[name]();
      const running = stack.use(await start(known(config, ports)));
      Object.assign(ports, running.ports);
    }
  } catch (error) {
    await stack.disposeAsync();
    throw error;
  }
  return { ports, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}
