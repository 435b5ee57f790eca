/** The worker thread: one mail at a time, each answered under its number. */
import { parentPort } from 'node:worker_threads';
import { inspectMessage } from './inspect.ts';
import type { WorkerAnswer, WorkerTask } from './worker-protocol.ts';

function answer(message: WorkerAnswer): void {
  parentPort?.postMessage(message);
}

async function work({ id, raw, options }: WorkerTask): Promise<void> {
  try {
    const mail = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
    answer({ kind: 'inspected', id, message: await inspectMessage(mail, options) });
  } catch (error) {
    answer({ kind: 'failed', id, reason: error instanceof Error ? error.message : String(error) });
  }
}

parentPort?.on('message', (task: WorkerTask) => void work(task));
answer({ kind: 'ready' });
