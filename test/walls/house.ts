/** A throw-away house with the configuration of the real one: where a test may plant a violation without touching the checkout. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** What the tools read, beside the sources. */
const configuration = [
  '.gitignore',
  '.oxfmtrc.json',
  '.oxlintrc.json',
  'knip.json',
  'package-lock.json',
  'package.json',
  'tsconfig.json',
  'turbo.json',
  'vitest.config.ts',
];

export interface House extends Disposable {
  /** Runs a program of node_modules/.bin, or of the system, in the house. Ended after a minute. */
  run(program: string, ...args: readonly string[]): Promise<Ended>;
}

export interface Ended {
  /** Null when it was ended by a signal. */
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Builds a house of these files (path to text) under the system's folder for temporary files. */
export function buildHouse(files: Readonly<Record<string, string>>): House {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-walls-'));
  for (const name of configuration) cpSync(join(root, name), join(folder, name));
  linkModules(folder);
  for (const [path, source] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), source);
    if (path.endsWith('/package.json')) linkPackage(folder, path, source);
  }
  return {
    async run(program, ...args) {
      const env = {
        ...process.env,
        PATH: [join(folder, 'node_modules/.bin'), dirname(process.execPath), process.env['PATH']].join(
          delimiter,
        ),
        TURBO_TELEMETRY_DISABLED: '1',
      };
      const child = spawn(program, args, {
        cwd: folder,
        env,
        timeout: 60_000,
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      const [stdout, stderr] = await Promise.all([
        text(child.stdout),
        text(child.stderr),
        once(child, 'close'),
      ]);
      return { status: child.exitCode, stdout, stderr };
    },
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** The installed packages, but none of ours: the house is to find its own. */
function linkModules(folder: string): void {
  const modules = join(folder, 'node_modules');
  mkdirSync(join(modules, '@sluice'), { recursive: true });
  for (const name of readdirSync(join(root, 'node_modules'))) {
    const isOurs = name === '@sluice' || name === 'sluice';
    if (!isOurs && (name === '.bin' || !name.startsWith('.'))) {
      symlinkSync(join(root, 'node_modules', name), join(modules, name));
    }
  }
}

/** As npm links a workspace. */
function linkPackage(folder: string, path: string, manifest: string): void {
  const { name } = JSON.parse(manifest) as { name: string };
  symlinkSync(dirname(join(folder, path)), join(folder, 'node_modules', name));
}

export interface Room {
  /** Its folder, e.g. `adapters/clamd`. */
  readonly folder: string;
  /** The name that others import it by, e.g. `@sluice/clamd`. */
  readonly name: string;
  /** Packages of others that it declares. */
  readonly libraries: readonly string[];
}

/** Every workspace of the real house but `test`, which no wall holds back: a new one is under these tests at once. */
export const rooms: readonly Room[] = [
  'core',
  'projections',
  'workers',
  ...inside('adapters'),
  ...inside('apps'),
].map(readRoom);

function inside(folder: string): string[] {
  return readdirSync(join(root, folder))
    .map((name) => `${folder}/${name}`)
    .filter((path) => existsSync(join(root, path, 'package.json')));
}

function readRoom(folder: string): Room {
  const manifest = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as {
    name: string;
    dependencies?: Record<string, string>;
  };
  return {
    folder,
    name: manifest.name,
    libraries: Object.keys(manifest.dependencies ?? {}).filter((name) => !name.startsWith('@sluice/')),
  };
}
