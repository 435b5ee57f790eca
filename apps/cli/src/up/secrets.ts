/** Secrets of an instance: made at first start, kept in the data folder, readable by its owner only. */
import { existsSync } from 'node:fs';
import { chmod, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Config, writeSecretFile } from '@sluice/environment';
import { randomToken } from '@sluice/node-crypto';
import { eventstoreFile } from '../eventstore-url.ts';
import { usage } from '../exit.ts';

export interface Secrets {
  /** For tokens of edges and sessions. */
  readonly secret: string;
  /** Master key of the data keys: 32 bytes, base64. Lose it and what was sealed is gone. */
  readonly vaultKey: string;
  /** Signs daily roots and exports: 32 bytes, base64. */
  readonly rootsKey: string;
  readonly postgresPassword: string;
  /** Of the user admin of the embedded event store. */
  readonly eventstorePassword: string;
  readonly operatorToken: string;
}

/** Reads the secrets, or makes them; what the configuration sets goes before what is kept. */
export async function loadSecrets(config: Config): Promise<Secrets> {
  await mkdir(config.dataDir, { recursive: true, mode: 0o700 });
  await chmod(config.dataDir, 0o711);
  const file = join(config.dataDir, 'secrets.json');
  const kept = await completed(file, (await readSecrets(file)) ?? (await makeSecrets(file)));
  return {
    ...kept,
    secret: config.secret ?? kept.secret,
    vaultKey: config.vaultKey ?? kept.vaultKey,
    rootsKey: config.rootsKey ?? kept.rootsKey,
    operatorToken: config.operatorToken ?? kept.operatorToken,
    eventstorePassword: config.eventstorePassword ?? kept.eventstorePassword,
  };
}

/** Whether there are events here, and no key any more to open what is sealed in them. */
export async function lacksKeysOfItsEvents({ dataDir, vaultKey }: Config): Promise<boolean> {
  if (vaultKey !== undefined || (await readSecretsOf(dataDir)) !== undefined) return false;
  return existsSync(eventstoreFile(dataDir));
}

/** An instance of an earlier release had no password for its event store, and no key for roots. */
async function completed(file: string, kept: Partial<Secrets> & Omit<Secrets, Added>): Promise<Secrets> {
  const { eventstorePassword = '', rootsKey = '' } = kept;
  if (eventstorePassword !== '' && rootsKey !== '') return { ...kept, eventstorePassword, rootsKey };
  const secrets = {
    ...kept,
    eventstorePassword: eventstorePassword === '' ? randomToken(24) : eventstorePassword,
    rootsKey: rootsKey === '' ? randomKey() : rootsKey,
  };
  await writeSecretFile(file, `${JSON.stringify(secrets, null, 2)}\n`);
  return secrets;
}

/** Not in the files of earlier releases. */
type Added = 'eventstorePassword' | 'rootsKey';

const randomKey = (): string => Buffer.from(randomToken(32), 'base64url').toString('base64');

/** Those of an instance that has been started; undefined if none has. */
export const readSecretsOf = (dataDir: string): Promise<Secrets | undefined> =>
  readSecrets(join(dataDir, 'secrets.json'));

async function readSecrets(file: string): Promise<Secrets | undefined> {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw usage(`${file} cannot be read: ${String(error)}.`);
  }
  try {
    return JSON.parse(text) as Secrets;
  } catch {
    throw usage(`${file} is damaged; put it back from a backup: without it, sealed mail cannot be read.`);
  }
}

async function makeSecrets(file: string): Promise<Secrets> {
  const secrets: Secrets = {
    secret: randomToken(32),
    vaultKey: randomKey(),
    rootsKey: randomKey(),
    postgresPassword: randomToken(24),
    eventstorePassword: randomToken(24),
    operatorToken: randomToken(32),
  };
  await writeSecretFile(file, `${JSON.stringify(secrets, null, 2)}\n`);
  return secrets;
}
