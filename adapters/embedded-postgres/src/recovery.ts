/** Clears away what a crash has left: a server without an owner, and a pid file without a server. */
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { EmbeddedPostgresError } from './errors.ts';
import { lookUpProcess } from './process-table.ts';

/** Fast shutdown, then immediate shutdown (the next start recovers from the log), then the axe. */
const steps = [
  { signal: 'SIGINT', deadlineMs: 20_000 },
  { signal: 'SIGQUIT', deadlineMs: 8_000 },
  { signal: 'SIGKILL', deadlineMs: 5_000 },
] as const;

/**
 * Stops the server that our killed predecessor has left behind, and removes a pid file that names no server of this folder
 * (its process is gone, is a zombie, or is something else by now), at which PostgreSQL might refuse to start. Only for the
 * owner of the place.
 */
export async function clearRemains(data: string, log: (line: string) => void): Promise<void> {
  const pidFile = join(data, 'postmaster.pid');
  const content = await readFile(pidFile, 'utf8').catch(() => undefined);
  if (content === undefined) return;
  const pid = Number.parseInt(content, 10);
  if (pid > 0 && (await isServerOf(pid, data))) {
    log(`stopping the PostgreSQL server ${pid}, left behind by a process that was killed`);
    await stopServer(pid, async () => !(await isServerOf(pid, data)));
  } else {
    log(`removing the pid file of a PostgreSQL server that is gone`);
  }
  await rm(pidFile, { force: true });
}

async function isServerOf(pid: number, data: string): Promise<boolean> {
  const found = await lookUpProcess(pid);
  return (
    found !== undefined && found.commandLine.includes('postgres') && found.commandLine.includes(`-D ${data} `)
  );
}

/** Asks a server to stop, ever less politely, until it is gone. */
export async function stopServer(pid: number, isGone: () => Promise<boolean> | boolean): Promise<void> {
  for (const { signal, deadlineMs } of steps) {
    send(pid, signal);
    const end = performance.now() + deadlineMs;
    while (performance.now() < end) {
      if (await isGone()) return;
      await wait(20);
    }
  }
  throw new EmbeddedPostgresError('timeout', `The PostgreSQL server ${pid} does not stop: end it yourself.`);
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return;
    throw new EmbeddedPostgresError(
      'in-use',
      `The PostgreSQL server ${pid} belongs to another user: stop it.`,
      error,
    );
  }
}
