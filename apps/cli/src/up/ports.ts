/** Ports of the embedded parts: those of the last start where they are still free, else any free ones. */
import { createServer } from 'node:net';
import type { Config } from '@sluice/environment';

export type Ports = Readonly<Record<'eventstore' | 'postgres' | 'intake' | 'edgeHealth', number>>;

export async function choosePorts(
  config: Config,
  remembered: Readonly<Record<string, number>>,
): Promise<Ports> {
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
