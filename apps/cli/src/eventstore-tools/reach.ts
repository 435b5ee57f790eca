/** The event store that a command of the operator means: one named by URL, the running embedded one, or its file. */
import { access } from 'node:fs/promises';
import { type Config, readRunFile } from '@sluice/environment';
import { randomToken } from '@sluice/node-crypto';
import { StoreFileInUse, startEmbeddedEventStore } from '@sluice/embedded-eventstore';
import { eventstoreFile, eventstoreUrl } from '../eventstore-url.ts';
import { refused, unavailable } from '../exit.ts';
import { readSecretsOf } from '../up/secrets.ts';

/** Hands a connection string to the work; an embedded store that is not running runs for it, for nobody else. */
export async function withEventstore<T>(config: Config, work: (url: string) => Promise<T>): Promise<T> {
  if (config.eventstoreUrl !== undefined) return work(config.eventstoreUrl);
  const file = eventstoreFile(config.dataDir);
  try {
    await access(file);
  } catch {
    throw refused(
      `There is no event store in ${config.dataDir}; set SLUICE_DATA_DIR or SLUICE_EVENTSTORE_URL.`,
    );
  }
  const served = await serve(file).catch((error: unknown) => {
    if (error instanceof StoreFileInUse) return error;
    throw error;
  });
  if (served instanceof StoreFileInUse) return work(await runningUrl(config, served));
  await using store = served;
  return await work(store.url);
}

/** Serves the file under a password that only this process knows. Rejects with StoreFileInUse where it is open. */
export async function withFile<T>(file: string, work: (url: string) => Promise<T>): Promise<T> {
  await using store = await serve(file);
  return await work(store.url);
}

async function serve(file: string): Promise<AsyncDisposable & { readonly url: string }> {
  const password = randomToken(24);
  const users = [{ name: 'admin', password, groups: ['$admins'] }];
  const server = await startEmbeddedEventStore({ file, host: '127.0.0.1', users });
  const url = `${server.url}&connectionName=${encodeURIComponent(`admin:${password}`)}`;
  return { url, [Symbol.asyncDispose]: () => server.close() };
}

async function runningUrl(config: Config, cause: StoreFileInUse): Promise<string> {
  const run = await readRunFile(config.dataDir);
  const secrets = await readSecretsOf(config.dataDir);
  const port = config.eventstorePort === 0 ? run?.ports['eventstore'] : config.eventstorePort;
  if (port === undefined) throw unavailable(`${cause.message}; set SLUICE_EVENTSTORE_URL to reach it.`);
  const eventstorePassword = config.eventstorePassword ?? secrets?.eventstorePassword;
  return eventstoreUrl({ ...config, eventstorePassword }, port);
}
