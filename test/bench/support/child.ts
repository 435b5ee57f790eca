/** Servers under measurement as child processes: started, asked for the CPU they used, stopped. */
import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';

/** A server that takes mail at `port` on 127.0.0.1. */
export interface Server extends AsyncDisposable {
  readonly name: string;
  readonly port: number;
  /** CPU time of all its processes and threads so far, in ms. */
  cpuMs(): number;
}

const ticksPerSecond = 100;

/** utime and stime of a process, all threads, living children apart; 0 if it is gone (proc_pid_stat(5)). */
export function cpuOf(pid: number): number {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // utime, stime, and those of children that were waited for.
    const ticks = [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index]), 0);
    return (ticks * 1_000) / ticksPerSecond;
  } catch {
    return 0;
  }
}

/** A process and all that descend from it. */
export function cpuOfTree(root: number): number {
  const children = new Map<number, number[]>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const parent = parentOf(Number(name));
    if (parent !== undefined) children.set(parent, [...(children.get(parent) ?? []), Number(name)]);
  }
  const sum = (pid: number): number =>
    cpuOf(pid) + (children.get(pid) ?? []).reduce((total, child) => total + sum(child), 0);
  return sum(root);
}

function parentOf(pid: number): number | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  } catch {
    return undefined;
  }
}

export interface StartOptions {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** The child; its output is kept for the message of a failure. */
export function startProcess({ command, args, cwd, env = {} }: StartOptions): {
  readonly process: ChildProcess;
  readonly output: () => string;
} {
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (chunk: Buffer): void => {
    output = (output + chunk.toString()).slice(-20_000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  return { process: child, output: () => output };
}

export async function stopProcess(child: ChildProcess, deadlineMs = 10_000): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill('SIGTERM');
  await Promise.race([ended, wait(deadlineMs).then(() => child.kill('SIGKILL'))]);
  await ended;
}

/** Until something greets with 220 at the port. */
export async function untilGreeted(port: number, output: () => string, deadlineMs = 20_000): Promise<void> {
  const end = performance.now() + deadlineMs;
  while (!(await greets(port))) {
    if (performance.now() > end) throw new Error(`nobody greets at ${port}:\n${output()}`);
    await wait(100);
  }
}

const greets = (port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const answer = (isGreeted: boolean): void => {
      socket.destroy();
      resolve(isGreeted);
    };
    socket.setTimeout(2_000, () => answer(false));
    socket.once('data', (data: Buffer) => answer(data.toString().startsWith('220')));
    socket.once('error', () => answer(false));
    socket.once('end', () => answer(false));
  });
