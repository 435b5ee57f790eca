/** The role `eventstore`: the embedded event store as a process of its own. */
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from '@sluice/environment';
import { startEmbeddedEventStore } from '@sluice/embedded-eventstore';
import { createLog } from '@sluice/telemetry';

export async function startEventstore(config: Config) {
  const log = createLog({ role: 'eventstore', level: config.logLevel, format: config.logFormat });
  const folder = join(config.dataDir, 'eventstore');
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const server = await startEmbeddedEventStore({
    file: join(folder, 'events.db'),
    host: '127.0.0.1',
    port: config.eventstorePort,
  });
  log.info({ port: server.port }, 'The event store runs');
  return { ports: { eventstore: server.port }, [Symbol.asyncDispose]: () => server.close() };
}
