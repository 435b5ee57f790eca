/** A real Redis server, Debian's, for one test file: own folder, own port, kept on disk by its append-only file. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { pathOf } from '../../support/parts.ts';
import { eventually } from './eventually.ts';
import { freePort } from './free-port.ts';

const program = pathOf('redis-server');

/** True where there is no redis-server on this machine (Debian: redis-server). */
export const redisMissing = program === undefined;

export interface TestRedis {
  /** The URL of an empty database of the server, another one at each call (256 of them). */
  createDatabase(): string;
  /** kill -9. */
  kill(): Promise<void>;
  /** It hangs: connections stay, nothing is answered, until `resume`. */
  pause(): void;
  resume(): void;
  /** Starts it again after `kill`, on the same port with the same data. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export async function startRedis(): Promise<TestRedis> {
  if (program === undefined) throw new Error('no redis-server on this machine');
  const folder = await mkdtemp(join(tmpdir(), 'sluice-redis-'));
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  let child: ChildProcess | undefined;
  const kill = async (): Promise<void> => {
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  };
  const start = async (): Promise<void> => {
    child = spawn(program, serverArguments(port, folder), { stdio: 'ignore' });
    await eventually('redis to answer', () => answers(url));
  };
  // A test run that is ended early runs no hooks.
  const onExit = (): void => void child?.kill('SIGKILL');
  process.once('exit', onExit);
  await start();
  let databases = 0;
  return {
    createDatabase: () => `${url}/${databases++}`,
    kill,
    pause: () => void child?.kill('SIGSTOP'),
    resume: () => void child?.kill('SIGCONT'),
    restart: start,
    async stop() {
      await kill();
      process.off('exit', onExit);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const serverArguments = (port: number, folder: string): string[] =>
  Object.entries({
    port,
    bind: '127.0.0.1',
    dir: folder,
    databases: 256,
    appendonly: 'yes',
    appendfsync: 'always',
    save: '',
    'maxmemory-policy': 'noeviction',
  }).flatMap(([name, value]) => [`--${name}`, String(value)]);

async function answers(url: string): Promise<boolean> {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    return (await redis.ping()) === 'PONG';
  } catch {
    return false;
  } finally {
    redis.disconnect();
  }
}
