/** Looks at other processes: whether one still lives, since when, and what it is. */
import { readFile } from 'node:fs/promises';
import { run } from './run.ts';

export interface ProcessEntry {
  /** When it was started, in the words of the system; with the pid it names a process even after the pid is used again. */
  readonly startedAt: string;
  /** Program and arguments, separated by spaces. */
  readonly commandLine: string;
}

/** Undefined if there is no such process; a zombie is none either, it only waits for somebody to read its status. */
export const lookUpProcess = (pid: number): Promise<ProcessEntry | undefined> =>
  process.platform === 'linux' ? lookUpInProc(pid) : lookUpWithPs(pid);

async function lookUpInProc(pid: number): Promise<ProcessEntry | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    // The name, in parentheses, may hold anything; the fields after it begin with the state (proc_pid_stat(5)).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return undefined;
    const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8');
    return { startedAt: fields[19] ?? '', commandLine: commandLine.replaceAll('\0', ' ') };
  } catch {
    return undefined;
  }
}

async function lookUpWithPs(pid: number): Promise<ProcessEntry | undefined> {
  const format = ['-ww', '-o', 'stat=', '-o', 'lstart=', '-o', 'command=', '-p', String(pid)];
  const { stdout } = await run('ps', format, { deadlineMs: 5_000 });
  const found = /^\s*(\S+)\s+(\S+\s+\S+\s+\S+\s+\S+\s+\S+)\s+(.*)$/m.exec(stdout);
  if (found === null || found[1]?.startsWith('Z') === true) return undefined;
  return { startedAt: found[2] ?? '', commandLine: `${found[3]} ` };
}
