/** The event store that a command of the operator means: one named by URL, the running embedded one, or its file. */
import { access } from 'node:fs/promises';
import { type Config, readRunFile } from '@sluice/environment';
import { randomToken } from '@sluice/node-crypto';
import { StoreFileError, startEmbeddedEventStore } from '@sluice/embedded-eventstore';
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
  return withFile(file, work).catch(async (error: unknown) => {
    if (!(error instanceof StoreFileError)) throw error;
    return work(await runningUrl(config, error));
  });
}

/** Serves the file under a password that only this process knows. Rejects with StoreFileError where it is in use. */
export async function withFile<T>(file: string, work: (url: string) => Promise<T>): Promise<T> {
  const password = randomToken(24);
  const users = [{ name: 'admin', password, groups: ['$admins'] }];
  await using server = await startEmbeddedEventStore({ file, host: '127.0.0.1', users });
  return await work(`${server.url}&connectionName=${encodeURIComponent(`admin:${password}`)}`);
}

async function runningUrl(config: Config, cause: StoreFileError): Promise<string> {
  const run = await readRunFile(config.dataDir);
  const secrets = await readSecretsOf(config.dataDir);
  const port = config.eventstorePort === 0 ? run?.ports['eventstore'] : config.eventstorePort;
  if (port === undefined) throw unavailable(`${cause.message}; set SLUICE_EVENTSTORE_URL to reach it.`);
  const eventstorePassword = config.eventstorePassword ?? secrets?.eventstorePassword;
  return eventstoreUrl({ ...config, eventstorePassword }, port);
}
