/** What the threads say to each other, and how a thread answers: one mail at a time, each under its number. */
import { parentPort } from 'node:worker_threads';

export interface WorkerTask<TOptions> {
  readonly id: number;
  readonly raw: Uint8Array;
  readonly options: TOptions;
}

export type WorkerAnswer<TValue> =
  | { readonly kind: 'ready' }
  | { readonly kind: 'done'; readonly id: number; readonly value: TValue }
  | { readonly kind: 'failed'; readonly id: number; readonly reason: string };

/** In a worker thread: does the work for each task. */
export function answerTasks<TOptions, TValue>(
  work: (raw: Buffer, options: TOptions) => TValue | Promise<TValue>,
): void {
  const answer = (message: WorkerAnswer<TValue>): void => parentPort?.postMessage(message);

  async function take({ id, raw, options }: WorkerTask<TOptions>): Promise<void> {
    try {
      const mail = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
      answer({ kind: 'done', id, value: await work(mail, options) });
    } catch (error) {
      answer({ kind: 'failed', id, reason: error instanceof Error ? error.message : String(error) });
    }
  }

  parentPort?.on('message', (task: WorkerTask<TOptions>) => void take(task));
  answer({ kind: 'ready' });
}
