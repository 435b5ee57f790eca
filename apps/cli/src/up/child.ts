/** One child process of the supervisor: started, awaited, restarted when it dies, stopped in time. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { ExitStatus } from '../exit.ts';
import { inheritedEnvironment } from '@sluice/environment';
import type { Log } from '@sluice/telemetry';

/** What a child says over its channel. */
export type ChildMessage =
  | { readonly kind: 'ready'; readonly ports: Readonly<Record<string, number>> }
  | { readonly kind: 'failed'; readonly status: ExitStatus; readonly message: string };

export interface ChildOptions {
  /** Roles that share the process. */
  readonly roles: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Cap of the old space, in MiB: all processes live on a small machine together. */
  readonly heapMb: number;
  /** Room for young objects, in MiB; a process that streams many events collects rubbish less often with more of it. */
  readonly youngMb?: number;
  readonly log: Log;
  readonly write: (line: string) => void;
  /** Called when a child cannot be brought back. */
  readonly onGivenUp: (message: string) => void;
}

export interface Child {
  /** Ports that its roles listen on. */
  readonly ports: Readonly<Record<string, number>>;
  isReady(): boolean;
  stop(deadlineMs: number): Promise<void>;
}

/** The child could not start; `status` is the exit status to pass on. */
export class ChildFailed extends Error {
  override readonly name = 'ChildFailed';
  readonly status: ExitStatus;
  constructor(status: ExitStatus, message: string) {
    super(message);
    this.status = status;
  }
}

const roleProcess = fileURLToPath(new URL('../role-process.ts', import.meta.url));
const readyDeadlineMs = 60_000;
const steadyMs = 60_000;
const maxQuickDeaths = 5;

/** Starts a child and waits until its roles can work. */
export async function startChild(options: ChildOptions): Promise<Child> {
  const name = options.roles.join('+');
  let stopping = false;
  let current = launch(options);
  let ready = await awaitReady(current, name);
  let isUp = true;
  const supervise = async (): Promise<void> => {
    let quickDeaths = 0;
    while (!stopping) {
      const since = performance.now();
      await exited(current);
      isUp = false;
      if (stopping) return;
      quickDeaths = performance.now() - since > steadyMs ? 1 : quickDeaths + 1;
      if (quickDeaths > maxQuickDeaths) return options.onGivenUp(`${name} keeps ending by itself.`);
      options.log.error(
        { process: name, status: current.exitCode, signal: current.signalCode },
        'A process ended by itself; it is started again',
      );
      await sleep(250 * 2 ** quickDeaths);
      if (stopping) return;
      current = launch(options);
      ready = await awaitReady(current, name).catch(() => ready);
      isUp = current.exitCode === null;
    }
  };
  const supervision = supervise();
  return {
    get ports() {
      return ready;
    },
    isReady: () => isUp,
    async stop(deadlineMs) {
      stopping = true;
      await stopProcess(current, deadlineMs);
      await Promise.race([supervision, sleep(1_000)]);
    },
  };
}

function launch({ roles, environment, heapMb, youngMb, write }: ChildOptions): ChildProcess {
  // A group of its own: Ctrl-C reaches the supervisor alone, which stops its children in order.
  const child = spawn(
    process.execPath,
    [
      `--max-old-space-size=${heapMb}`,
      ...(youngMb === undefined ? [] : [`--max-semi-space-size=${youngMb}`]),
      '--disable-warning=ExperimentalWarning',
      roleProcess,
      ...roles,
    ],
    {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      detached: true,
      env: { ...inheritedEnvironment(), ...environment },
    },
  );
  for (const stream of [child.stdout, child.stderr]) {
    if (stream !== null) createInterface({ input: stream }).on('line', (line) => write(`${line}\n`));
  }
  return child;
}

function awaitReady(child: ChildProcess, name: string): Promise<Readonly<Record<string, number>>> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      child.kill('SIGKILL');
      reject(new ChildFailed(3, `${name} did not become ready within ${readyDeadlineMs / 1000} s.`));
    }, readyDeadlineMs);
    const settle = (action: () => void): void => {
      clearTimeout(timer);
      action();
    };
    child.on('message', (message: ChildMessage) => {
      if (message.kind === 'ready') settle(() => resolve(message.ports));
      else settle(() => reject(new ChildFailed(message.status, message.message)));
    });
    child.once('exit', () => settle(() => reject(new ChildFailed(3, `${name} ended while it started.`))));
    child.once('error', (error) =>
      settle(() => reject(new ChildFailed(3, `${name} cannot be started: ${error.message}.`))),
    );
  });
}

const exited = (child: ChildProcess): Promise<void> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((resolve) => child.once('exit', () => resolve()));

async function stopProcess(child: ChildProcess, deadlineMs: number): Promise<void> {
  const gone = exited(child);
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), deadlineMs);
  await gone;
  clearTimeout(timer);
}
