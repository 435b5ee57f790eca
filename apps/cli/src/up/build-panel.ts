/** Builds the panel where its sources changed since it was last built; a hash of them lies beside what was built. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { inheritedEnvironment } from '@sluice/environment';
import type { Log } from '@sluice/telemetry';
import { unavailable } from '../exit.ts';
import { takeLock } from './lock.ts';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const panel = join(root, 'apps/panel');
const stamp = join(panel, 'build/.sources');

/** Everything that the built pages are made of; the lock file names the versions of all packages. */
const sources = [
  'apps/panel/src',
  'apps/panel/static',
  'apps/panel/vite.config.ts',
  'apps/panel/package.json',
  'package-lock.json',
];

const waitMs = 120_000;
const buildDeadlineMs = 120_000;

/** Fails with one sentence if it cannot be built. */
export async function buildPanel(log: Log): Promise<void> {
  const wanted = await hashOf(sources);
  if (await isBuilt(wanted)) return;
  // Several instances of one checkout may start at the same time.
  const lock = await takeLock(join(panel, '.svelte-kit'), 'build', waitMs);
  if (lock === undefined) throw unavailable('The panel is being built by another process, and that hangs.');
  try {
    if (await isBuilt(wanted)) return;
    const started = performance.now();
    await build();
    await writeFile(stamp, wanted);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    log.info({}, `The panel was built anew, since its sources changed (${seconds} s)`);
  } finally {
    lock.release();
  }
}

async function isBuilt(wanted: string): Promise<boolean> {
  return existsSync(stamp) && (await readFile(stamp, 'utf8')) === wanted;
}

async function hashOf(paths: readonly string[]): Promise<string> {
  const hash = createHash('sha256');
  for (const path of paths) {
    for (const file of await filesUnder(path)) {
      hash.update(`${file}\0`).update(await readFile(join(root, file)));
    }
  }
  return hash.digest('hex');
}

async function filesUnder(path: string): Promise<readonly string[]> {
  if (!existsSync(join(root, path))) return [];
  try {
    const entries = await readdir(join(root, path), { recursive: true, withFileTypes: true });
    const files = entries.filter((entry) => entry.isFile());
    return files.map((entry) => join(entry.parentPath, entry.name).slice(root.length)).toSorted();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOTDIR') return [path];
    throw error;
  }
}

async function build(): Promise<void> {
  const vite = createRequire(join(panel, 'package.json')).resolve('vite/package.json');
  const child = spawn(process.execPath, [join(dirname(vite), 'bin/vite.js'), 'build', '--logLevel', 'warn'], {
    cwd: panel,
    env: { ...inheritedEnvironment(), NODE_ENV: 'production', NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: buildDeadlineMs,
  });
  const [output, errors, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close') as Promise<[number | null]>,
  ]);
  if (status === 0) return;
  throw unavailable(`The panel cannot be built: ${reasonIn(errors || output)}`);
}

/** The first line that says something. */
function reasonIn(output: string): string {
  const lines = output.split('\n').map((line) => line.trim());
  const line =
    lines.find((one) => /error/i.test(one)) ?? lines.find((one) => one !== '') ?? 'no reason given';
  return `${line} (\`npm run build\` tells more)`;
}
