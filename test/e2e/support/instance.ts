/** A whole Sluice as a user has it: `sluice up` as a process of its own, with a data folder and ports of its own. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../contracts/support/free-port.ts';

const main = fileURLToPath(new URL('../../../apps/cli/src/main.ts', import.meta.url));
const root = fileURLToPath(new URL('../../..', import.meta.url));

export interface CommandResult {
  readonly status: number;
  readonly stdout: Buffer;
  readonly stderr: string;
  /** Standard output as JSON. */
  readonly json: <T = Record<string, unknown>>() => T;
}

export interface TestInstance {
  readonly environment: Readonly<Record<string, string>>;
  readonly ports: Readonly<Record<'smtp' | 'api' | 'panel' | 'inbox' | 'inboxHttp', number>>;
  readonly dataDir: string;
  readonly supervisor: ChildProcess;
  /** All that was printed so far. */
  output(): string;
  /** Runs the command line against this instance. */
  sluice(...args: readonly string[]): Promise<CommandResult>;
  /** Ctrl-C; resolves with the exit status and how long it took. */
  stop(): Promise<{ readonly status: number | null; readonly ms: number }>;
}

export interface TestSettings {
  readonly dataDir?: string;
  /** Default: free ones. */
  readonly ports?: TestInstance['ports'];
  readonly environment?: Readonly<Record<string, string>>;
  /** Started by this command line instead of by Node itself. */
  readonly command?: readonly [string, ...string[]];
}

/** Environment of an instance: nothing of the configuration of whoever runs the tests. */
async function instanceEnvironment(dataDir: string, { ports: given, environment: extra = {} }: TestSettings) {
  const outer = Object.entries(process.env).filter(
    ([name]) => !name.startsWith('SLUICE_') && !name.startsWith('VITEST'),
  );
  const ports = given ?? {
    smtp: await freePort(),
    api: await freePort(),
    panel: await freePort(),
    inbox: await freePort(),
    inboxHttp: await freePort(),
  };
  const environment: Record<string, string> = {
    ...(Object.fromEntries(outer) as Record<string, string>),
    SLUICE_DATA_DIR: dataDir,
    SLUICE_SMTP_PORT: String(ports.smtp),
    SLUICE_API_PORT: String(ports.api),
    SLUICE_PANEL_PORT: String(ports.panel),
    SLUICE_INBOX_PORT: String(ports.inbox),
    SLUICE_INBOX_HTTP_PORT: String(ports.inboxHttp),
    // Nobody answers there: the demo works without any DNS, and no name of a test mail is ever asked for outside.
    SLUICE_DNS: '127.0.0.1:1',
    ...extra,
  };
  return { ports, environment };
}

export const newDataDir = (): Promise<string> => mkdtemp(join(tmpdir(), 'sluice-e2e-'));

export const removeDataDir = (dataDir: string): Promise<void> =>
  rm(dataDir, { recursive: true, force: true });

/** Starts an instance and waits until it says that it is ready. */
export async function startInstance(settings: TestSettings = {}): Promise<TestInstance> {
  const dataDir = settings.dataDir ?? (await newDataDir());
  const { ports, environment } = await instanceEnvironment(dataDir, settings);
  const [file, ...args] = settings.command ?? [process.execPath, main, 'up'];
  const supervisor = spawn(file, args, {
    cwd: root,
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  const collect = (chunk: Buffer): void => {
    printed += chunk.toString();
  };
  supervisor.stdout.on('data', collect);
  supervisor.stderr.on('data', collect);
  const instance: TestInstance = {
    environment,
    ports,
    dataDir,
    supervisor,
    output: () => printed,
    sluice: (...args) => runSluice(args, environment),
    async stop() {
      const since = performance.now();
      if (supervisor.exitCode === null && supervisor.signalCode === null) {
        const gone = new Promise((resolve) => supervisor.once('exit', resolve));
        supervisor.kill('SIGINT');
        await gone;
      }
      return { status: supervisor.exitCode, ms: performance.now() - since };
    },
  };
  await ready(instance);
  return instance;
}

async function ready(instance: TestInstance): Promise<void> {
  const { supervisor } = instance;
  await new Promise<void>((resolve, reject) => {
    const fail = (why: string): void => reject(new Error(`${why}:\n${instance.output().slice(-4_000)}`));
    const timer = setTimeout(() => fail('not ready within 60 s'), 60_000);
    const look = (): void => {
      if (!instance.output().includes('Sluice is ready')) return;
      clearTimeout(timer);
      resolve();
    };
    supervisor.stdout?.on('data', look);
    supervisor.once('exit', (code) => fail(`ended with ${code} before it was ready`));
  });
}

/** Runs the command line to its end. */
export function runSluice(
  args: readonly string[],
  environment: Readonly<Record<string, string>>,
): Promise<CommandResult> {
  return new Promise((resolve) => {
    const options = {
      cwd: root,
      env: environment,
      encoding: 'buffer' as const,
      maxBuffer: 64 * 1024 * 1024,
      timeout: 60_000,
    };
    const child = execFile(process.execPath, [main, ...args], options, (_error, stdout, stderr) => {
      resolve({
        status: child.exitCode ?? -1,
        stdout,
        stderr: stderr.toString(),
        json: <T>() => JSON.parse(stdout.toString()) as T,
      });
    });
  });
}
