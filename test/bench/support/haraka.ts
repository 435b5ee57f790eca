/**
 * Haraka as a peer: installed on demand by npm into a folder for temporary files, one process, without checks or with seven
 * that observe. One plugin accepts every recipient, one accepts every mail and drops it: it stores and records nothing.
 */
import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../../contracts/support/free-port.ts';
import { cpuOf, type Server, startProcess, stopProcess, untilGreeted } from './child.ts';

const version = '3.3.4';
/** Its dependencies as they were when it was released: later ones ask for what not every registry has. */
const before = '2026-09-15';

/** The seven, each of the version that this Haraka names. */
const checks = [
  'helo.checks@1.1.3',
  'spf@1.3.0',
  'dns-list@1.3.0',
  'headers@1.2.0',
  'bounce@2.2.1',
  'attachment@1.2.1',
  'dkim@1.3.1',
];

/** The program; installed where it is missing. Rejects where npm cannot get it. */
export async function installHaraka(withChecks: boolean): Promise<string> {
  const folder = join(tmpdir(), 'sluice-bench-peers', `haraka-${version}${withChecks ? '-checks' : ''}`);
  const program = join(folder, 'node_modules', 'Haraka', 'bin', 'haraka');
  if (existsSync(program)) return program;
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{"private":true}');
  const args = [
    'install',
    `Haraka@${version}`,
    ...(withChecks ? checks.map((name) => `haraka-plugin-${name}`) : []),
    `--before=${before}`,
    '--no-audit',
    '--no-fund',
    '--omit=optional',
  ];
  await promisify(execFile)('npm', args, { cwd: folder, timeout: 180_000 });
  return program;
}

const files = (port: number, withChecks: boolean): Readonly<Record<string, string>> => ({
  'config/smtp.ini': `listen=127.0.0.1:${port}\nnodes=0\n`,
  'config/me': 'haraka.bench.example\n',
  'config/loglevel': 'ERROR\n',
  'config/log.ini': '[main]\nlevel=error\n',
  'config/plugins': [
    ...(withChecks ? checks.map((name) => name.replace(/@.*/, '')) : []),
    'accept_all',
    'drop_all',
    '',
  ].join('\n'),
  // As many lists as our own preset asks; nothing is refused for what is found.
  'config/dns-list.ini':
    '[main]\nperiodic_checks=0\nsearch=all\nzones[]=zen.spamhaus.org\nzones[]=bl.spamcop.net\nzones[]=psbl.surriel.com\nzones[]=list.dnswl.org\n',
  'config/headers.ini': '[reject]\ndelivered_to=false\n',
  'config/bounce.ini': '[reject]\nsingle_recipient=false\nbad_rcpt=false\n',
  'config/dkim.ini': '[verify]\nenabled=true\n',
  // Without a name of the client from DNS, which we do not ask for either.
  'plugins/accept_all.js':
    "'use strict';\nexports.hook_lookup_rdns = (next) => next(OK, 'client.example.org');\nexports.hook_rcpt = (next) => next(OK);\n",
  'plugins/drop_all.js': "'use strict';\nexports.hook_queue = (next) => next(OK);\n",
});

export async function startHaraka({ withChecks = false } = {}): Promise<Server> {
  const program = await installHaraka(withChecks);
  const folder = mkdtempSync(join(tmpdir(), 'sluice-haraka-'));
  const port = await freePort();
  for (const name of ['config', 'plugins', 'queue']) mkdirSync(join(folder, name));
  // It does not start without this one.
  copyFileSync(
    join(program, '..', '..', 'config', 'connection.ini'),
    join(folder, 'config', 'connection.ini'),
  );
  for (const [name, text] of Object.entries(files(port, withChecks))) writeFileSync(join(folder, name), text);
  const started = startProcess({ command: process.execPath, args: [program, '-c', folder], cwd: folder });
  await untilGreeted(port, started.output);
  const pid = started.process.pid ?? 0;
  return {
    name: `Haraka ${version}${withChecks ? ' + 7' : ''}`,
    port,
    cpuMs: () => cpuOf(pid),
    async [Symbol.asyncDispose]() {
      await stopProcess(started.process, 3_000);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
