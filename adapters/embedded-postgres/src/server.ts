/** One running server process: spawned, awaited until it answers queries, and stopped. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { EmbeddedPostgresError } from './errors.ts';
import { probe } from './probe.ts';
import type { ProbeTarget } from './probe.ts';
import { stopServer } from './recovery.ts';
import { environment } from './run.ts';
import type { Account } from './run.ts';

export interface ServerOptions {
  readonly program: string;
  readonly args: readonly string[];
  readonly account: Account | undefined;
  readonly log: (line: string) => void;
}

export interface Server {
  /** How it ended, with its last words; never rejects. */
  readonly exited: Promise<string>;
  /** Resolves when it answers queries. */
  ready(target: ProbeTarget, deadlineMs: number): Promise<void>;
  stop(): Promise<void>;
}

const lastWords = 12;

/** We ask from the first moment on, and it says so each time: nothing that an operator should wonder about. */
const isAnswerToProbe = (line: string): boolean =>
  /^FATAL: {2}the database system is (starting up|not yet accepting connections|in recovery mode)/.test(line);

export function spawnServer({ program, args, account, log }: ServerOptions): Server {
  const child = spawn(program, args, {
    ...account,
    env: environment,
    cwd: '/',
    // A session of its own: Ctrl-C in the terminal is for us, who stop it once everybody has finished with it.
    detached: true,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const words: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    if (!isAnswerToProbe(line)) log(line);
    if (words.push(line) > lastWords) words.shift();
  });
  const ended = endOf(child);
  const exited = ended.then((how) => [how, ...words].join('\n'));
  const isGone = (): boolean =>
    child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
  return {
    exited,
    ready: (target, deadlineMs) => untilReady(exited, target, deadlineMs),
    async stop() {
      if (child.pid !== undefined && !isGone()) await stopServer(child.pid, isGone);
      await ended;
    },
  };
}

const endOf = (child: ChildProcess): Promise<string> =>
  new Promise((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (status, signal) => resolve(`PostgreSQL ended (${signal ?? `status ${status}`})`));
  });

async function untilReady(exited: Promise<string>, target: ProbeTarget, deadlineMs: number): Promise<void> {
  let lastly: string | undefined;
  void exited.then((how) => (lastly = how));
  const end = performance.now() + deadlineMs;
  while (performance.now() < end) {
    const answer = await probe(target, 5_000);
    if (lastly !== undefined) throw startFailed(lastly, target.port);
    if (answer.status === 'ready') return;
    if (answer.status === 'refused') throw refused(answer.sqlState, answer.message);
    await Promise.race([wait(15), exited]);
  }
  throw new EmbeddedPostgresError('timeout', `PostgreSQL did not answer queries within ${deadlineMs} ms.`);
}

function startFailed(how: string, port: number): EmbeddedPostgresError {
  if (how.includes('Address already in use')) return portTaken(port);
  return new EmbeddedPostgresError('start-failed', `PostgreSQL did not start: ${how}`);
}

export const portTaken = (port: number): EmbeddedPostgresError =>
  new EmbeddedPostgresError(
    'port-taken',
    `Port ${port} on 127.0.0.1 is taken by another program: choose a free one.`,
  );

/** SQLSTATE 28P01 is a wrong password. */
const refused = (sqlState: string, words: string): EmbeddedPostgresError =>
  sqlState === '28P01'
    ? new EmbeddedPostgresError(
        'wrong-password',
        'The database was made with another password than the one given.',
      )
    : new EmbeddedPostgresError('start-failed', `PostgreSQL refuses connections: ${words} (${sqlState})`);
