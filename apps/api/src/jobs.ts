/** Long questions, such as a replay over a year of mail: begun, asked how far they are, cancelled; answers are kept a while. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Refusal, Result } from '@sluice/core/kernel/result.ts';
import { isVisible, type TenantScope } from '@sluice/core/kernel/tenant-scope.ts';
import type { ReplayProgress, ReplayWatch } from '@sluice/core/use-cases/replay.ts';
import type { Log } from '@sluice/telemetry';
import { faultOf } from './faults.ts';

export interface JobOwner {
  readonly accountId: string;
  readonly domainId: string;
}

export type JobState = 'running' | 'done' | 'failed' | 'cancelled';

export interface Job<TValue> {
  readonly id: string;
  readonly state: JobState;
  readonly progress: ReplayProgress;
  /** When it is done. */
  readonly value?: TValue;
  /** Why it failed: one sentence. */
  readonly message?: string;
}

export interface Jobs {
  /** Begins at once. Undefined: the account has as many under way as it may. */
  start<TValue>(
    kind: string,
    owner: JobOwner,
    work: (watch: ReplayWatch) => Promise<Result<TValue, Refusal>>,
  ): string | undefined;
  /** Undefined: there is none in this scope; it was forgotten, or the api has been started anew. */
  find<TValue>(scope: TenantScope, kind: string, id: string): Job<TValue> | undefined;
  /** False where there is none that runs. */
  cancel(scope: TenantScope, kind: string, id: string): boolean;
  /** Cancels all. */
  close(): void;
}

export interface JobsOptions {
  readonly nextId: () => string;
  readonly log: Log;
  /** Under way at once of one account, and in all. */
  readonly perAccount?: number;
  readonly inAll?: number;
  /** Answers are forgotten after this long, in ms, and the oldest first when there are too many. */
  readonly keepMs?: number;
  readonly kept?: number;
}

interface Entry {
  readonly kind: string;
  readonly owner: JobOwner;
  readonly stopping: AbortController;
  job: Job<unknown>;
  endedAt: number | undefined;
}

export function createJobs(options: JobsOptions): Jobs {
  const { nextId, log, perAccount = 2, inAll = 4, keepMs = 30 * 60_000, kept = 50 } = options;
  const entries = new Map<string, Entry>();
  const find = (scope: TenantScope, kind: string, id: string): Entry | undefined => {
    const entry = entries.get(id);
    return entry?.kind === kind && isVisible(scope, entry.owner) ? entry : undefined;
  };
  const forget = (): void => {
    const ended = [...entries].filter(([, { endedAt }]) => endedAt !== undefined);
    for (const [index, [id, { endedAt = 0 }]] of ended.entries()) {
      if (performance.now() - endedAt > keepMs || index < ended.length - kept) entries.delete(id);
    }
  };

  return {
    start(kind, owner, work) {
      forget();
      const running = [...entries.values()].filter(({ endedAt }) => endedAt === undefined);
      const own = running.filter((one) => one.owner.accountId === owner.accountId);
      if (running.length >= inAll || own.length >= perAccount) return undefined;
      const id = nextId();
      const entry: Entry = {
        kind,
        owner,
        stopping: new AbortController(),
        job: { id, state: 'running', progress: { read: 0, total: 0 } },
        endedAt: undefined,
      };
      entries.set(id, entry);
      void run(entry, work, log);
      return id;
    },
    find: <TValue>(scope: TenantScope, kind: string, id: string) =>
      // The kind says what its value is: each is started and found in one place.
      find(scope, kind, id)?.job as Job<TValue> | undefined,
    cancel(scope, kind, id) {
      const entry = find(scope, kind, id);
      if (entry === undefined || entry.endedAt !== undefined) return false;
      entry.stopping.abort();
      return true;
    },
    close() {
      for (const { stopping } of entries.values()) stopping.abort();
    },
  };
}

/** Work that takes longer than this lets requests have their turn, in ms. */
const turnMs = 8;

function watchOf(entry: Entry): ReplayWatch {
  let since = performance.now();
  return {
    signal: entry.stopping.signal,
    progress(progress) {
      entry.job = { ...entry.job, progress };
    },
    async breathe() {
      if (performance.now() - since < turnMs) return;
      await nextTurn();
      since = performance.now();
    },
  };
}

async function run<TValue>(
  entry: Entry,
  work: (watch: ReplayWatch) => Promise<Result<TValue, Refusal>>,
  log: Log,
): Promise<void> {
  const end = (change: Pick<Job<TValue>, 'state' | 'value' | 'message'>): void => {
    entry.job = { ...entry.job, ...change };
    entry.endedAt = performance.now();
  };
  try {
    const result = await work(watchOf(entry));
    if (entry.stopping.signal.aborted) end({ state: 'cancelled' });
    else if (result.ok) end({ state: 'done', value: result.value });
    else end({ state: 'failed', message: result.error.message });
  } catch (error) {
    if (entry.stopping.signal.aborted) return end({ state: 'cancelled' });
    log.error({ kind: entry.kind, error: String(error) }, 'A long question failed');
    end({ state: 'failed', message: faultOf(error).message });
  }
}
