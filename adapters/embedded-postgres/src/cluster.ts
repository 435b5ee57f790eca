/** Makes the database cluster at the first start: all of it or nothing, so that an interrupted first start is simply a first start again. */
import { chown, mkdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Binaries } from './binaries.ts';
import { EmbeddedPostgresError } from './errors.ts';
import { run } from './run.ts';
import type { Account, RunResult } from './run.ts';

/** Superuser and database, both. */
export const sluice = 'sluice';

const deadlineMs = 120_000;

export interface ClusterOptions {
  readonly binaries: Binaries;
  readonly account: Account | undefined;
  readonly password: string;
  readonly durable: boolean;
}

/** True if it was made now, false if it was there. `place` has its data in `data`. */
export async function makeCluster(place: string, options: ClusterOptions): Promise<boolean> {
  const data = join(place, 'data');
  if (await isThere(join(data, 'PG_VERSION'))) return false;

  const fresh = join(place, 'data.new');
  const passwordFile = join(place, 'password.new');
  await rm(fresh, { recursive: true, force: true });
  try {
    await mkdir(fresh, { mode: 0o700 });
    await rm(passwordFile, { force: true });
    await writeFile(passwordFile, `${options.password}\n`, { mode: 0o600, flag: 'wx' });
    await giveTo(options.account, [fresh, passwordFile]);
    check('initdb', await runInitdb(fresh, passwordFile, options));
    check('postgres', await createDatabase(fresh, options));
    // An empty `data` that somebody made beforehand gives way; one with files in it is reported.
    await rename(fresh, data);
  } catch (error) {
    await rm(fresh, { recursive: true, force: true });
    if (error instanceof EmbeddedPostgresError) throw error;
    throw new EmbeddedPostgresError(
      'init-failed',
      `The database in ${place} could not be made: ${String(error)}`,
    );
  } finally {
    await rm(passwordFile, { force: true });
  }
  return true;
}

const runInitdb = (fresh: string, passwordFile: string, options: ClusterOptions): Promise<RunResult> =>
  run(
    options.binaries.initdb,
    [
      `--pgdata=${fresh}`,
      '--encoding=UTF8',
      '--no-locale',
      `--username=${sluice}`,
      `--pwfile=${passwordFile}`,
      '--auth=scram-sha-256',
      ...(options.durable ? [] : ['--no-sync']),
    ],
    { account: options.account, deadlineMs },
  );

/** In single-user mode, so that no half-made cluster ever listens. */
const createDatabase = (fresh: string, options: ClusterOptions): Promise<RunResult> =>
  run(
    options.binaries.postgres,
    ['--single', '-D', fresh, '-c', `fsync=${options.durable ? 'on' : 'off'}`, '-j', 'postgres'],
    { account: options.account, deadlineMs, input: `CREATE DATABASE ${sluice};\n\n` },
  );

function check(program: string, result: RunResult): void {
  // Single-user mode reports a failed statement in words only.
  if (result.status === 0 && !/\b(ERROR|FATAL|PANIC):/.test(result.stderr)) return;
  const words = result.stderr.trim() || 'it did not end in time';
  throw new EmbeddedPostgresError('init-failed', `${program} could not make the database: ${words}`);
}

async function giveTo(account: Account | undefined, paths: readonly string[]): Promise<void> {
  if (account === undefined) return;
  for (const path of paths) await chown(path, account.uid, account.gid);
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
