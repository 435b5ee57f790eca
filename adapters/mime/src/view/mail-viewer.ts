/** The MailViewer port: every mail is read by a worker thread with caps, since anybody can have written it. */
import { fail, ok, type Result } from '@sluice/core/kernel/result.ts';
import type { MailViewer, ViewFailure } from '@sluice/core/ports/mail-viewer.ts';
import { createWorkerPool } from '../worker-pool.ts';
import type { ViewAnswer, ViewTask } from './read-view.ts';

export interface ViewerOptions {
  /** Threads; started when first needed. */
  readonly workers?: number;
  /** Heap of each thread, in MiB. The mail itself lies outside it. */
  readonly memoryMb?: number;
  /** For one question about one mail, waiting for a thread included. */
  readonly deadlineMs?: number;
}

const defaults = { workers: 2, memoryMb: 192, deadlineMs: 5_000 } as const;

/** Close it to end its threads; what is asked for then fails. */
export function createMailViewer(options: ViewerOptions = {}): MailViewer & { close(): Promise<void> } {
  const { workers, memoryMb, deadlineMs } = { ...defaults, ...options };
  const script = new URL('worker.ts', import.meta.url);
  const pool = createWorkerPool<ViewTask, ViewAnswer>({ script, workers, memoryMb });

  async function ask<TKind extends ViewTask['kind']>(
    raw: Uint8Array,
    task: Extract<ViewTask, { kind: TKind }>,
  ): Promise<Result<Extract<ViewAnswer, { kind: TKind }>, ViewFailure>> {
    const answer = await pool.run(raw, task, deadlineMs);
    if (!answer.ok) return answer;
    // A thread answers in the kind that it was asked in.
    return ok(answer.value as Extract<ViewAnswer, { kind: TKind }>);
  }

  return {
    async view(raw) {
      const whole = await ask<'view'>(raw, { kind: 'view', withoutHtml: false });
      // HTML that cannot be taken apart in time must not hide the rest.
      const answer = whole.ok ? whole : await ask<'view'>(raw, { kind: 'view', withoutHtml: true });
      return answer.ok ? ok(answer.value.content) : fail(answer.error);
    },
    async html(raw) {
      const answer = await ask<'html'>(raw, { kind: 'html' });
      return answer.ok ? ok(answer.value.document) : answer;
    },
    async part(raw, index) {
      const answer = await ask<'part'>(raw, { kind: 'part', index });
      return answer.ok ? ok(answer.value.part) : answer;
    },
    close: () => pool.close(),
  };
}
