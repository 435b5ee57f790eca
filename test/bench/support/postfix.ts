/**
 * Postfix as a peer: an instance of its own in a temporary folder, durable as always (a mail is fsynced into its queue before
 * the reply), with deliveries held back (`defer_transports`), so that only taking mail in is measured. Needs root and Debian's
 * package.
 */
import { execFile } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../../contracts/support/free-port.ts';
import { cpuOfTree, type Server, untilGreeted } from './child.ts';
import { benchDomain } from './mx.ts';

const run = promisify(execFile);

/** Why it cannot run here; undefined if it can. */
export function postfixMissing(): string | undefined {
  if (!existsSync('/usr/sbin/postfix')) return 'Postfix is not installed';
  return userInfo().uid === 0 ? undefined : 'Postfix needs root';
}

const main = (folder: string): string => `compatibility_level = 3.6
queue_directory = ${folder}/queue
data_directory = ${folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = postfix.bench.example
mydestination =
local_recipient_maps =
inet_interfaces = loopback-only
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
relay_domains = ${benchDomain}
relay_transport = discard
defer_transports = discard
smtpd_recipient_restrictions = permit_mynetworks, reject
smtpd_client_connection_rate_limit = 0
smtpd_client_connection_count_limit = 0
smtpd_peername_lookup = no
smtpd_tls_security_level = none
default_process_limit = 100
in_flow_delay = 0
maillog_file = ${folder}/log
maillog_file_prefixes = ${folder}
multi_instance_enable = no
`;

const master = (port: number): string => `127.0.0.1:${port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
discard unix - - n - - discard
error unix - - n - - error
retry unix - - n - - error
anvil unix - - n - 1 anvil
postlog unix-dgram n - n - 1 postlogd
`;

export async function startPostfix(): Promise<Server> {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-postfix-'));
  chmodSync(folder, 0o755);
  const port = await freePort();
  for (const name of ['config', 'queue', 'data']) mkdirSync(join(folder, name));
  const owner = /^postfix:[^:]*:(\d+):(\d+)/m.exec(readFileSync('/etc/passwd', 'utf8'));
  chownSync(join(folder, 'data'), Number(owner?.[1]), Number(owner?.[2]));
  const config = join(folder, 'config');
  writeFileSync(join(config, 'main.cf'), main(folder));
  writeFileSync(join(config, 'master.cf'), master(port));
  const control = (verb: string) => run('/usr/sbin/postfix', ['-c', config, verb], { timeout: 20_000 });
  await control('start');
  await untilGreeted(port, () =>
    existsSync(join(folder, 'log')) ? readFileSync(join(folder, 'log'), 'utf8') : '',
  );
  const pid = Number(readFileSync(join(folder, 'queue', 'pid', 'master.pid'), 'utf8'));
  return {
    name: 'Postfix (durable)',
    port,
    cpuMs: () => cpuOfTree(pid),
    async [Symbol.asyncDispose]() {
      await control('stop');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
