/** Runs a bench in a network of its own, where clients have a public address and names are answered by us, and nothing leaves. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Of RFC 5737: checks take it for a client from outside. */
export const clientAddress = '192.0.2.1';

const mark = 'BENCH_ALONE';

/**
 * True inside of such a network. Outside it starts the same command line again inside and ends with its exit status; where
 * the kernel does not let us (Linux as root is needed), it answers false: then the client is 127.0.0.1.
 */
export function isAlone(): boolean {
  if (process.env[mark] !== undefined) {
    const resolv = join(mkdtempSync(join(tmpdir(), 'sluice-bench-')), 'resolv.conf');
    writeFileSync(resolv, 'nameserver 127.0.0.1\noptions timeout:2 attempts:1\n');
    execFileSync('mount', ['--bind', resolv, '/etc/resolv.conf']);
    execFileSync('ip', ['link', 'set', 'lo', 'up']);
    execFileSync('ip', ['address', 'add', `${clientAddress}/32`, 'dev', 'lo']);
    return true;
  }
  const probe = spawnSync('unshare', ['--net', '--mount', 'true'], { stdio: 'ignore' });
  if (probe.status !== 0) return false;
  const { status } = spawnSync('unshare', ['--net', '--mount', process.execPath, ...process.argv.slice(1)], {
    stdio: 'inherit',
    env: { ...process.env, [mark]: '1' },
  });
  process.exit(status ?? 1);
}
