/** A real Rspamd for one test file: own configuration and folder, no rules but the test pattern, no DNS. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathOf } from '../../support/parts.ts';
import { freePort } from './free-port.ts';

const rspamdPath = pathOf('rspamd');

/** True where there is no Rspamd on this machine (Debian: rspamd). */
export const rspamdMissing = rspamdPath === undefined;

export interface TestRspamd {
  readonly port: number;
  /** SIGSTOP lets connections in and answers nothing. */
  signal(name: NodeJS.Signals): void;
  stop(): Promise<void>;
}

export async function startRspamd(): Promise<TestRspamd> {
  if (rspamdPath === undefined) throw new Error('no rspamd on this machine');
  const folder = mkdtempSync(join(tmpdir(), 'sluice-rspamd-'));
  const port = await freePort();
  // The true list of top-level domains takes a minute to compile.
  writeFileSync(join(folder, 'tops.dat'), 'com\nexample\n');
  writeFileSync(join(folder, 'rspamd.conf'), configuration(folder, port));
  const child = spawn(rspamdPath, ['-f', '-i', '-c', join(folder, 'rspamd.conf')], {
    stdio: 'ignore',
    // A group of its own: its workers stop with it.
    detached: true,
  });
  const exited = once(child, 'exit');
  const signal = (name: NodeJS.Signals): void => {
    if (child.pid !== undefined) process.kill(-child.pid, name);
  };
  await untilReady(port);
  return {
    port,
    signal,
    async stop() {
      signal('SIGKILL');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const configuration = (folder: string, port: number): string => `
options {
  pidfile = "${folder}/pid"; filters = ""; url_tld = "${folder}/tops.dat"; tempdir = "${folder}";
  cache_file = "${folder}/cache"; history_file = "${folder}/history"; hs_cache_dir = "${folder}";
  control_socket = "${folder}/control"; rrd = "";
  dns { nameserver = ["127.0.0.1:1"]; timeout = 0.1s; retransmits = 1; }
}
logging { type = "console"; level = "error"; }
metric { name = "default"; actions { reject = 15; add_header = 6; } }
worker "normal" { bind_socket = "127.0.0.1:${port}"; count = 1; }
`;

async function untilReady(port: number): Promise<void> {
  const end = performance.now() + 60_000;
  while (performance.now() < end) {
    const answer = await fetch(`http://127.0.0.1:${port}/ping`).catch(() => undefined);
    if (answer?.ok === true) return;
    await pause(100);
  }
  throw new Error('rspamd did not start');
}
