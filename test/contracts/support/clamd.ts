/** A real clamd for one test file: own configuration, own folder, and as its only signature the EICAR test file. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { connectClamd } from '@sluice/clamd';
import { pathOf } from '../../support/parts.ts';

const clamdPath = pathOf('clamd');

/** True where there is no clamd on this machine (Debian: clamav-daemon). */
export const clamdMissing = clamdPath === undefined;

/** The EICAR test file, put together here so that no file of the repository holds it. */
export const eicar = (): Buffer =>
  Buffer.from(['X5O!P%@AP[4\\PZX54(P^)7CC)7}$', 'EICAR-STANDARD-ANTIVIRUS', '-TEST-FILE!$H+H*'].join(''));

export interface TestClamd {
  readonly tcpUrl: string;
  readonly unixUrl: string;
  readonly port: number;
  readonly streamMaxLength: number;
  /** Sends it a signal; SIGSTOP lets connections in and answers nothing. */
  signal(name: NodeJS.Signals): void;
  stop(): Promise<void>;
}

export async function startClamd(): Promise<TestClamd> {
  if (clamdPath === undefined) throw new Error('no clamd on this machine');
  const folder = mkdtempSync(join(tmpdir(), 'sluice-clamd-'));
  const port = await freePort();
  const streamMaxLength = 1024 * 1024;
  writeFileSync(join(folder, 'test.ndb'), `Sluice.Test.EICAR:0:*:${eicar().toString('hex')}\n`);
  const socketPath = join(folder, 'clamd.sock');
  writeFileSync(join(folder, 'clamd.conf'), configuration({ folder, port, socketPath, streamMaxLength }));
  const child = spawn(clamdPath, ['--config-file', join(folder, 'clamd.conf')], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const exited = once(child, 'exit');
  const clamd: TestClamd = {
    tcpUrl: `tcp://127.0.0.1:${port}`,
    unixUrl: `unix:${socketPath}`,
    port,
    streamMaxLength,
    signal: (name) => void child.kill(name),
    async stop() {
      child.kill('SIGKILL');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
  await untilReady(clamd, child);
  return clamd;
}

const configuration = (options: {
  folder: string;
  port: number;
  socketPath: string;
  streamMaxLength: number;
}): string =>
  [
    'Foreground yes',
    `DatabaseDirectory ${options.folder}`,
    `TemporaryDirectory ${options.folder}`,
    `LocalSocket ${options.socketPath}`,
    `TCPSocket ${options.port}`,
    'TCPAddr 127.0.0.1',
    `StreamMaxLength ${options.streamMaxLength}`,
    'MaxThreads 2',
    // Started as root it would become another user, who cannot read our folder.
    ...(process.getuid?.() === 0 ? ['User root'] : []),
    '',
  ].join('\n');

async function untilReady(clamd: TestClamd, child: ChildProcess): Promise<void> {
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.on('data', (text) => (output += String(text)));
  const scanners = [connectClamd(clamd.tcpUrl), connectClamd(clamd.unixUrl)];
  const deadline = performance.now() + 30_000;
  while (performance.now() < deadline && child.exitCode === null) {
    const answers = await Promise.all(scanners.map((scanner) => scanner.ping(500)));
    if (answers.every((answer) => answer.ok)) return;
    await pause(25);
  }
  await clamd.stop();
  throw new Error(`clamd did not start: ${output}`);
}

async function freePort(): Promise<number> {
  const server = createServer();
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
