/** Ports of the embedded parts: those of the last start where they are still free, else any free ones. */
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config } from '@sluice/environment';
import { PortTaken } from '@sluice/telemetry';

export type Ports = Readonly<Record<'eventstore' | 'postgres' | 'intake' | 'edgeHealth' | 'panel', number>>;

export async function choosePorts(
  config: Config,
  remembered: Readonly<Record<string, number>>,
): Promise<Ports> {
  const { eventstorePort, intakePort, healthPort } = config;
  const taken = new Set([...wantedPorts(config), eventstorePort, intakePort, healthPort]);
  const choose = async (name: string, wanted: number): Promise<number> => {
    if (wanted !== 0) return wanted;
    const last = remembered[name];
    const isGood = last !== undefined && !taken.has(last) && (await isFree(last));
    const port = isGood ? last : await freePort(taken);
    taken.add(port);
    return port;
  };
  return {
    eventstore: await choose('eventstore', config.eventstorePort),
    postgres: await choose('postgres', 0),
    intake: await choose('intake', config.intakePort),
    edgeHealth: await choose('edgeHealth', config.healthPort),
    panel: await choose('panel', config.panelPort),
  };
}

/** Says which port that was asked for is taken, before anything is started; waits up to `waitMs`. Throws PortTaken. */
export async function requireFree(config: Config, waitMs: number): Promise<void> {
  const { bind } = config;
  const deadline = performance.now() + waitMs;
  for (const port of wantedPorts(config)) {
    while (!(await isFree(port, bind))) {
      if (performance.now() >= deadline) throw new PortTaken(bind, port);
      await sleep(pollMs);
    }
  }
}

/** Those that the configuration names, and that something will listen on in the end. */
function wantedPorts(config: Config): readonly number[] {
  const { smtpPort, panelPort, apiPort, inboxPort, inboxHttpPort, demo } = config;
  return [smtpPort, panelPort, apiPort, ...(demo ? [inboxPort, inboxHttpPort] : [])].filter(
    (port) => port !== 0,
  );
}

/** An address for clients on this machine. */
export const reachable = (bind: string): string => (bind === '0.0.0.0' || bind === '::' ? '127.0.0.1' : bind);

const pollMs = 100;

/** Below the range that systems give to outgoing connections: one of those must not sit on a port that we come back to. */
const lowest = 20_000;
const count = 12_000;
const tries = 100;

/** None of those that are taken already, though nobody may listen there yet. */
async function freePort(taken: ReadonlySet<number>): Promise<number> {
  for (let attempt = 0; attempt < tries; attempt += 1) {
    const port = lowest + Math.floor(Math.random() * count);
    if (!taken.has(port) && (await isFree(port))) return port;
  }
  return probe(0);
}

/** An address that we cannot listen on at all is for the role to complain of. */
const isFree = (port: number, host?: string): Promise<boolean> =>
  probe(port, host).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'EADDRINUSE',
  );

function probe(port: number, host = '127.0.0.1'): Promise<number> {
  return new Promise((resolvePort, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(port, host, () => {
      const address = server.address();
      server.close(() => resolvePort(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}
