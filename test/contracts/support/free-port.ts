/** A TCP port on 127.0.0.1 that nobody uses, and that nobody else is given as long as this process runs. */
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Below the ports that Sluice chooses by itself, and below the ephemeral ones: an instance takes its ports one by one. */
const lowest = 12_000;
const count = 8_000;

const reservations = join(tmpdir(), 'sluice-test-ports');
const own = new Set<string>();

export async function freePort(): Promise<number> {
  for (;;) {
    const port = lowest + Math.floor(Math.random() * count);
    if (!reserve(port) || !(await isFree(port))) continue;
    return port;
  }
}

/** Tests run side by side, and a port that one was given may be listened on much later. */
function reserve(port: number): boolean {
  mkdirSync(reservations, { recursive: true });
  const file = join(reservations, String(port));
  try {
    if (isAbandoned(file)) rmSync(file, { force: true });
    writeFileSync(file, String(process.pid), { flag: 'wx' });
  } catch {
    return false;
  }
  if (own.size === 0) process.once('exit', () => own.forEach((one) => rmSync(one, { force: true })));
  own.add(file);
  return true;
}

/** Whoever reserved it is gone. */
function isAbandoned(file: string): boolean {
  let pid: number;
  try {
    pid = Number(readFileSync(file, 'utf8'));
  } catch {
    return false;
  }
  // Being written just now.
  if (pid === 0) return false;
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ESRCH';
  }
}

async function isFree(port: number): Promise<boolean> {
  const listener = createServer();
  const listens = await new Promise<boolean>((resolve) => {
    listener.once('error', () => resolve(false));
    listener.listen(port, '127.0.0.1', () => resolve(true));
  });
  if (!listens) return false;
  listener.close();
  await once(listener, 'close');
  return true;
}
