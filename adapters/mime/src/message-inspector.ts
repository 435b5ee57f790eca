/** The MessageInspector port: plain mails are read at once, everything else by a worker thread with caps. */
import { fail, ok } from '@sluice/core/kernel/result.ts';
import type { InspectedMessage, MessageInspector } from '@sluice/core/ports/message-inspector.ts';
import { inspectPlain, readText, type InspectOptions } from './inspect.ts';
import { createWorkerPool } from './worker-pool.ts';

export interface InspectorOptions {
  /** Threads; started when first needed. */
  readonly workers?: number;
  /** Bytes up to which a mail without attachments is read on the calling thread. */
  readonly inlineLimit?: number;
  /** Leaves of one mail; further ones are not looked at. */
  readonly maxParts?: number;
  /** Levels of multiparts and attached messages. */
  readonly maxDepth?: number;
  /** Bytes of text that are decoded. */
  readonly maxTextBytes?: number;
  /** Heap of each thread, in MiB. The mail itself and what is unpacked lie outside it. */
  readonly memoryMb?: number;
}

const defaults = {
  workers: 1,
  inlineLimit: 64 * 1024,
  maxParts: 1000,
  maxDepth: 20,
  maxTextBytes: 1024 * 1024,
  memoryMb: 128,
} as const;

/** Close it to end its threads; what is asked for then fails. */
export function createMessageInspector(
  options: InspectorOptions = {},
): MessageInspector & { close(): Promise<void> } {
  const { workers, inlineLimit, maxParts, maxDepth, maxTextBytes, memoryMb } = { ...defaults, ...options };
  const pool = createWorkerPool<InspectOptions, InspectedMessage>({
    script: new URL('worker.ts', import.meta.url),
    workers,
    memoryMb,
  });
  return {
    async inspect(raw, { textLimit, content = false, deadlineMs }) {
      const limits: InspectOptions = { maxParts, maxDepth, maxTextBytes, textLimit, content };
      if (raw.length <= inlineLimit) {
        const plain = tryPlain(bufferOf(raw), limits);
        if (plain === 'failed') return fail('failed');
        if (plain !== undefined) return ok(plain);
      }
      return pool.run(raw, limits, deadlineMs);
    },
    close: () => pool.close(),
  };
}

/** The readable text of a mail, at most `limit` characters: for search, where nobody asks what else it holds. */
export function messageText(raw: Uint8Array, limit: number): string {
  return readText(bufferOf(raw), { ...defaults, textLimit: limit });
}

function tryPlain(raw: Buffer, options: InspectOptions): InspectedMessage | 'failed' | undefined {
  try {
    return inspectPlain(raw, options);
  } catch {
    return 'failed';
  }
}

const bufferOf = (raw: Uint8Array): Buffer => Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
