/** Runs one program to its end, as a given user, with an environment of its own and a deadline. */
import { spawn } from 'node:child_process';

/** The user that a program runs as; undefined: ours. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

export interface RunOptions {
  readonly account?: Account | undefined;
  readonly input?: string;
  readonly deadlineMs: number;
}

export interface RunResult {
  /** Exit status; undefined if it did not start, or was killed at the deadline. */
  readonly status: number | undefined;
  readonly stdout: string;
  /** What it wrote there, or why it did not start. */
  readonly stderr: string;
}

/** Nothing of ours is handed on: server messages must be English, and PG* variables would change what it does. */
export const environment = {
  PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
  TZ: 'UTC',
};

/** Never rejects: a program that cannot be started is a result without a status. */
export function run(program: string, args: readonly string[], options: RunOptions): Promise<RunResult> {
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      ...options.account,
      env: environment,
      // Our own working directory may be one that the other user cannot enter.
      cwd: '/',
      stdio: 'pipe',
      timeout: options.deadlineMs,
      killSignal: 'SIGKILL',
    });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.once('error', (error) => resolve({ status: undefined, stdout, stderr: error.message }));
    child.once('close', (status) => resolve({ status: status ?? undefined, stdout, stderr }));
    // A program that ends before it has read its input is judged by its status.
    child.stdin.once('error', () => undefined);
    child.stdin.end(options.input ?? '');
  });
}
