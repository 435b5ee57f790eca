/** Rspamd as a peer: the rules of its package, without the modules that ask DNS, in one process of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../../contracts/support/free-port.ts';
import { cpuOfTree } from './child.ts';

const program = '/usr/bin/rspamd';
const packaged = '/etc/rspamd/rspamd.conf';

export const rspamdMissing = !existsSync(program) || !existsSync(packaged);

export interface Scanner extends AsyncDisposable {
  scan(mail: Uint8Array): Promise<void>;
  /** CPU time of all its processes so far, in ms. */
  cpuMs(): number;
}

const askDns = [
  'arc',
  'asn',
  'dkim',
  'dkim_signing',
  'dmarc',
  'fuzzy_check',
  'mx_check',
  'rbl',
  'spf',
  'surbl',
  'url_redirector',
  'hfilter',
];

function configure(folder: string, port: number): void {
  const local = join(folder, 'local.d');
  mkdirSync(local);
  mkdirSync(join(folder, 'override.d'));
  for (const name of askDns) writeFileSync(join(local, `${name}.conf`), 'enabled = false;\n');
  writeFileSync(
    join(local, 'options.inc'),
    'dns { nameserver = ["127.0.0.1:1"]; timeout = 0.1s; retransmits = 1; }\n',
  );
  writeFileSync(join(local, 'logging.inc'), 'type = "console"; level = "error";\n');
  writeFileSync(join(local, 'worker-normal.inc'), `bind_socket = "127.0.0.1:${port}"; count = 1;\n`);
  for (const worker of ['controller', 'proxy', 'fuzzy'])
    writeFileSync(join(local, `worker-${worker}.inc`), 'enabled = false;\n');
}

export async function startRspamdContent(): Promise<Scanner> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-rspamd-'));
  chmodSync(folder, 0o777);
  const port = await freePort();
  configure(folder, port);
  const variables = { LOCAL_CONFDIR: folder, DBDIR: folder, RUNDIR: folder, LOGDIR: folder };
  const set = Object.entries(variables).flatMap(([name, value]) => ['--var', `${name}=${value}`]);
  const child = spawn(program, ['-f', '-i', '-c', packaged, ...set], { stdio: 'ignore', detached: true });
  const exited = once(child, 'exit');
  const pid = child.pid ?? 0;
  const stop = async (): Promise<void> => {
    process.kill(-pid, 'SIGKILL');
    await exited;
    rmSync(folder, { recursive: true, force: true });
  };
  const url = `http://127.0.0.1:${port}`;
  const end = performance.now() + 180_000;
  while ((await fetch(`${url}/ping`).catch(() => undefined))?.ok !== true) {
    if (performance.now() > end || child.exitCode !== null) {
      if (child.exitCode === null) await stop();
      throw new Error('rspamd did not start');
    }
    await pause(500);
  }
  return {
    async scan(mail) {
      const answer = await fetch(`${url}/checkv2`, { method: 'POST', body: Buffer.from(mail) });
      await answer.arrayBuffer();
    },
    cpuMs: () => cpuOfTree(pid),
    [Symbol.asyncDispose]: stop,
  };
}
