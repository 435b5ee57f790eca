/** Gathers what is to be written while a commit runs, and hands it to the writer thread as one group. */
import { Worker } from 'node:worker_threads';
import type { Operation, OutboxCounts, WriterAnswer } from './outbox-operations.ts';
import { packGroup, type WriterRequest } from './outbox-post.ts';

export interface GroupWriter {
  /** Resolves when the operation is on disk; rejects if nothing of it was kept. */
  write(operation: Operation): Promise<void>;
  /** Resolves when all that was written is on disk and the thread has ended. */
  close(): Promise<void>;
}

interface Waiting {
  readonly operation: Operation;
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** Bounds of one group, so that a flood does not keep its first mail waiting. */
const maxOperations = 512;
const maxBytes = 32 * 1024 * 1024;

/** Longest wait for company, in ms: less than the fsync that it saves. */
const gatherMs = 2;

class OutboxWriteError extends Error {
  override readonly name = 'OutboxWriteError';
}

/**
 * All that is written in one turn of the event loop, or while a commit runs, shares the next commit. One group is on its
 * way at a time: the next ones grow meanwhile, and a failure touches none but its own.
 */
export function createGroupWriter(
  place: { readonly file: string; readonly edge: string },
  onCommit: (counts: OutboxCounts) => void,
): GroupWriter {
  let worker: Worker | undefined;
  let waiting: Waiting[] = [];
  let committing: readonly Waiting[] = [];
  let isScheduled = false;
  let gathering: NodeJS.Timeout | undefined;
  /** Sizes of the last two groups. */
  let sizes: readonly [number, number] = [0, 0];
  let closed: Promise<void> | undefined;
  let onIdle: (() => void) | undefined;

  const settle = (failures: readonly (string | undefined)[]): void => {
    const group = committing;
    committing = [];
    for (const [index, { resolve, reject }] of group.entries()) {
      const failure = failures[index];
      if (failure === undefined) resolve();
      else reject(new OutboxWriteError(failure));
    }
    if (waiting.length > 0) schedule();
    else onIdle?.();
  };

  /** At the end of this turn; or a little later, while those who shared a commit before are probably on their way again. */
  const schedule = (): void => {
    if (committing.length > 0 || isScheduled) return;
    if (waiting.length * 4 >= Math.max(...sizes) * 3 || closed !== undefined) {
      isScheduled = true;
      setImmediate(send);
    } else gathering ??= setTimeout(send, gatherMs);
  };

  const startWorker = (): Worker => {
    const started = new Worker(new URL('./outbox-writer.ts', import.meta.url), { workerData: place });
    started.on('message', (answer: WriterAnswer) => {
      onCommit(answer.counts);
      settle(answer.failures);
    });
    let reason = 'the writer thread ended';
    started.on('error', (error) => (reason = `the writer thread failed: ${String(error)}`));
    // The next group gets a new thread, which opens the file anew.
    started.on('exit', () => {
      if (worker === started) worker = undefined;
      if (committing.length > 0) settle(committing.map(() => reason));
    });
    return started;
  };

  const send = (): void => {
    isScheduled = false;
    clearTimeout(gathering);
    gathering = undefined;
    if (committing.length > 0 || waiting.length === 0) return;
    const size = groupSize(waiting);
    committing = waiting.slice(0, size);
    waiting = waiting.slice(size);
    sizes = [sizes[1], size];
    worker ??= startWorker();
    const group = packGroup(committing.map(({ operation }) => operation));
    worker.postMessage(group, [group.bytes]);
  };

  const close = async (): Promise<void> => {
    if (committing.length > 0 || waiting.length > 0) {
      schedule();
      await new Promise<void>((resolve) => (onIdle = resolve));
    }
    const last = worker;
    if (last === undefined) return;
    await new Promise<void>((resolve) => {
      last.once('exit', () => resolve());
      last.postMessage({ kind: 'close' } satisfies WriterRequest);
    });
  };

  worker = startWorker();
  return {
    write(operation) {
      if (closed !== undefined) return Promise.reject(new OutboxWriteError('the outbox is closed'));
      return new Promise((resolve, reject) => {
        waiting.push({ operation, resolve, reject });
        schedule();
      });
    },
    close: () => (closed ??= close()),
  };
}

function groupSize(waiting: readonly Waiting[]): number {
  let bytes = 0;
  let size = 0;
  for (const { operation } of waiting) {
    bytes += operation.kind === 'put' ? operation.raw.length : 0;
    if (size > 0 && (size >= maxOperations || bytes > maxBytes)) break;
    size += 1;
  }
  return size;
}
