/** The role mx as a child process on a fixed port and folder, to be killed and started again; and an intake that records. */
import { type ChildProcess, spawn } from 'node:child_process';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { type BatchItem, decodeBatch } from '@sluice/core/handover/batch.ts';
import type { Feed } from '@sluice/core/handover/feed.ts';

const childFile = fileURLToPath(new URL('../../support/mx-child.ts', import.meta.url));

export interface MxProcess {
  readonly process: ChildProcess;
  /** What it wrote, for the message of a failure. */
  readonly output: () => string;
  /** As the kernel does it: at once, without a last word. */
  kill(): Promise<void>;
  /** SIGTERM; the exit code. */
  stop(): Promise<number | null>;
}

/** Resolves when it takes mail. */
export async function startMxProcess(settings: {
  readonly folder: string;
  readonly port: number;
  readonly intakeUrl: string;
}): Promise<MxProcess> {
  const child = spawn(process.execPath, [childFile], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      SLUICE_DATA_DIR: settings.folder,
      SLUICE_SMTP_PORT: String(settings.port),
      SLUICE_HOSTNAME: 'mx.example.net',
      SLUICE_EDGE_NAME: 'mx1',
      SLUICE_INTAKE_URL: settings.intakeUrl,
      SLUICE_INTAKE_TOKEN: 'token-of-a-test',
      SLUICE_LOG_LEVEL: 'warn',
      SLUICE_LOG_FORMAT: 'json',
    },
  });
  let output = '';
  const ended = new Promise<number | null>((resolve) => child.once('exit', resolve));
  const ready = new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes('"smtp":')) resolve();
    });
    child.once('exit', () => reject(new Error(`the mx ended:\n${output}`)));
  });
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  await ready;
  return {
    process: child,
    output: () => output,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    stop() {
      child.kill('SIGTERM');
      return ended;
    },
  };
}

export interface TestIntake {
  readonly url: string;
  /** Everything that was handed over, again and again included. */
  readonly items: BatchItem[];
  /** The answer to every question for the feed; without domains: nothing new. */
  feed: Feed;
  /** Called when a batch has come, before it is answered. */
  onBatch: () => void;
  close(): void;
}

/** Takes every batch. */
export async function startTestIntake(): Promise<TestIntake> {
  const items: BatchItem[] = [];
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('error', () => undefined);
    request.on('end', () => {
      if (request.method !== 'POST') {
        setTimeout(() => response.end(JSON.stringify(intake.feed)), 50);
        return;
      }
      const batch = decodeBatch(Buffer.concat(chunks));
      if (!batch.ok) {
        response.writeHead(400).end(batch.error.message);
        return;
      }
      items.push(...batch.value.items);
      intake.onBatch();
      response.end(JSON.stringify({ taken: batch.value.items.map(({ seq }) => seq), refused: [] }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const intake: TestIntake = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    items,
    feed: { domains: [], serviceLists: [], next: '1', more: true },
    onBatch: () => undefined,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
  return intake;
}
