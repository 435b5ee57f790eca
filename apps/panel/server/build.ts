/** Builds the pages where their sources changed. Each build has a folder of its own, so that a running panel keeps what it serves. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { inheritedEnvironment } from '@sluice/environment';

const panel = fileURLToPath(new URL('..', import.meta.url));
const builds = join(panel, 'build');
/** Where Vite leaves what it built: `out` in vite.config.ts. */
const fresh = join(builds, 'next');
/** Names the folder that is to be served. */
const current = join(builds, 'current');

/** Everything that the pages are made of; the lock file names the versions of all packages. */
const sources = ['src', 'static', 'vite.config.ts', 'package.json', '../../package-lock.json'];

const kept = 5;
const deadlineMs = 120_000;

/** Vite's own words, shortened to a line. */
export class BuildFailed extends Error {
  override readonly name = 'BuildFailed';
}

/** Folder of the build to serve; undefined if there is none. */
export async function currentBuild(): Promise<string | undefined> {
  if (!existsSync(current)) return undefined;
  const folder = join(builds, (await readFile(current, 'utf8')).trim());
  return existsSync(join(folder, 'handler.js')) ? folder : undefined;
}

/** Hash of all sources: the name of their build. */
export async function sourcesHash(): Promise<string> {
  const hash = createHash('sha256');
  for (const path of sources) {
    for (const file of await filesUnder(join(panel, path))) {
      hash.update(`${file.slice(panel.length)}\0`).update(await readFile(file));
    }
  }
  return hash.digest('hex').slice(0, 16);
}

/** Makes the build of these sources the one to serve; whether it had to be built. Throws BuildFailed. */
export async function ensureBuilt(wanted: string): Promise<boolean> {
  const folder = join(builds, wanted);
  const isThere = existsSync(join(folder, 'handler.js'));
  if (!isThere) {
    await runVite();
    await rm(folder, { recursive: true, force: true });
    await rename(fresh, folder);
  }
  const now = new Date();
  await utimes(folder, now, now);
  await writeFile(`${current}.${process.pid}`, `${wanted}\n`);
  await rename(`${current}.${process.pid}`, current);
  await dropOld();
  return !isThere;
}

async function filesUnder(path: string): Promise<readonly string[]> {
  if (!existsSync(path)) return [];
  if ((await stat(path)).isFile()) return [path];
  const entries = await readdir(path, { recursive: true, withFileTypes: true });
  // Tests are no part of what is served.
  const files = entries.filter((entry) => entry.isFile() && !entry.name.endsWith('.test.ts'));
  return files.map((entry) => join(entry.parentPath, entry.name)).toSorted();
}

async function dropOld(): Promise<void> {
  const entries = await readdir(builds, { withFileTypes: true });
  const folders = await Promise.all(
    entries
      .filter((entry) => entry.isDirectory())
      .map(async ({ name }) => ({ name, at: (await stat(join(builds, name))).mtimeMs })),
  );
  for (const { name } of folders.toSorted((a, b) => b.at - a.at).slice(kept)) {
    await rm(join(builds, name), { recursive: true, force: true });
  }
}

async function runVite(): Promise<void> {
  const vite = createRequire(import.meta.url).resolve('vite/package.json');
  const child = spawn(process.execPath, [join(dirname(vite), 'bin/vite.js'), 'build', '--logLevel', 'warn'], {
    cwd: panel,
    env: { ...inheritedEnvironment(), NODE_ENV: 'production', NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: deadlineMs,
  });
  const [output, errors, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  if (status !== 0) throw new BuildFailed(reasonIn(errors || output));
}

/** The first line that says more than that there is an error. */
function reasonIn(output: string): string {
  const lines = output.split('\n').map((line) => line.trim());
  const errors = lines.filter((line) => /\berror\b:?\s+\S|Error: \S/i.test(line) && !announcement.test(line));
  return (
    errors[0]?.replace(/\/\S*\/apps\/panel\//, '') ?? lines.find((line) => line !== '') ?? 'it gave no reason'
  );
}

const announcement = /^(error during build|build failed with \d+ errors?):?$/i;

if (import.meta.main) await ensureBuilt(await sourcesHash());
