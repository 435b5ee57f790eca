/** The role `eventstore`: the embedded event store as a process of its own. */
import { mkdir, readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { join } from 'node:path';
import { createSecureContext } from 'node:tls';
import type { Config } from '@sluice/environment';
import { AddressUnavailable, StoreFileError, startEmbeddedEventStore } from '@sluice/embedded-eventstore';
import { createLog } from '@sluice/telemetry';
import { admin, eventstoreFile } from './eventstore-url.ts';
import { refused, usage } from './exit.ts';

export async function startEventstore(config: Config) {
  const log = createLog({ role: 'eventstore', level: config.logLevel, format: config.logFormat });
  const { eventstoreBind: host, eventstorePassword: password } = config;
  const tls = await readTls(config);
  if (!isLoopback(host) && (tls === undefined || password === undefined)) {
    throw usage(
      `An event store on ${host} can be reached by other machines: set SLUICE_EVENTSTORE_PASSWORD, SLUICE_EVENTSTORE_TLS_CERT and SLUICE_EVENTSTORE_TLS_KEY.`,
    );
  }
  await mkdir(join(config.dataDir, 'eventstore'), { recursive: true, mode: 0o700 });
  const starting = startEmbeddedEventStore({
    file: eventstoreFile(config.dataDir),
    host,
    port: config.eventstorePort,
    ...(password !== undefined && { users: [{ name: admin, password, groups: ['$admins'] }] }),
    ...(tls && { tls }),
  });
  const server = await starting.catch((error: unknown) => {
    if (error instanceof AddressUnavailable) throw usage(`${error.message}.`);
    throw error instanceof StoreFileError ? refused(`${error.message}.`) : error;
  });
  log.info({ port: server.port }, 'The event store runs');
  return { ports: { eventstore: server.port }, [Symbol.asyncDispose]: () => server.close() };
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));

async function readTls({ eventstoreTlsCert: cert, eventstoreTlsKey: key }: Config) {
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) {
    throw usage('SLUICE_EVENTSTORE_TLS_CERT and SLUICE_EVENTSTORE_TLS_KEY belong together.');
  }
  const read = (file: string): Promise<Buffer> =>
    readFile(file).catch((error: unknown) => {
      throw usage(`${file} cannot be read: ${(error as Error).message}.`);
    });
  const files = { cert: await read(cert), key: await read(key) };
  try {
    createSecureContext(files);
  } catch (error) {
    throw usage(`${cert} and ${key} are no certificate and its key, in PEM: ${(error as Error).message}.`);
  }
  return files;
}
