/** An embedded event store in a process of its own, which can be killed without warning and started again on the same port. */
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface EventStoreProcess {
  readonly url: string;
  readonly file: string;
  signal(name: 'SIGSTOP' | 'SIGCONT'): void;
  kill(): Promise<void>;
  startAgain(): Promise<void>;
  dispose(): Promise<void>;
}

const entry = fileURLToPath(new URL('../event-store.child.ts', import.meta.url));

/** `early`: it packs events after nearly every commit. */
export async function startEventStoreProcess(packs: 'early' | 'late' = 'late'): Promise<EventStoreProcess> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-events-'));
  const file = join(folder, 'events.db');
  let { child, url } = await start(file, '0', packs);
  const port = new URL(url).port;
  const kill = async (): Promise<void> => {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGKILL');
    await exited;
  };
  return {
    url,
    file,
    signal: (name) => void child.kill(name),
    kill,
    async startAgain() {
      ({ child, url } = await start(file, port, packs));
    },
    async dispose() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function start(
  ...args: [file: string, port: string, packs: string]
): Promise<{ child: ChildProcess; url: string }> {
  const child = spawn(process.execPath, [entry, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [said] = (await Promise.race([once(child.stdout, 'data'), once(child, 'exit')])) as [unknown];
  if (child.exitCode !== null) throw new Error(`the event store ended with status ${child.exitCode}`);
  return { child, url: String(said).trim() };
}
