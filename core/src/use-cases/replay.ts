/** Going over the recorded decisions of a domain: mail by mail, with progress, until the end or until it is cancelled. */
import {
  decisionCount,
  firstRevisionSince,
  readDecisions,
  type RecordedDecision,
} from '../replay/read-decisions.ts';
import type { CommandContext } from './context.ts';

export interface ReplayProgress {
  /** Decisions gone over so far, and how many there are to go over. */
  readonly read: number;
  readonly total: number;
}

/** Whoever waits for a replay. */
export interface ReplayWatch {
  readonly signal: AbortSignal;
  progress(progress: ReplayProgress): void;
  /** Lets others have their turn; called every few milliseconds of work. */
  breathe(): Promise<void>;
}

export interface ReplayRange {
  /** ISO 8601, by the log's time. `since` is included, `until` is not; default: to the last one there is now. */
  readonly since: string;
  readonly until?: string;
}

/** Decisions between two breaths. */
const atOnce = 64;

/** False where it was cancelled. Throws StoreUnavailable. */
export async function goOver(
  context: Pick<CommandContext, 'ports'>,
  scope: { readonly domainId: string; readonly range: ReplayRange },
  watch: ReplayWatch,
  take: (decision: RecordedDecision) => void,
): Promise<boolean> {
  try {
    await goOverAll(context, scope, watch, take);
  } catch (error) {
    // A read that is cancelled is cut off.
    if (!watch.signal.aborted) throw error;
  }
  return !watch.signal.aborted;
}

async function goOverAll(
  { ports }: Pick<CommandContext, 'ports'>,
  { domainId, range }: { readonly domainId: string; readonly range: ReplayRange },
  watch: ReplayWatch,
  take: (decision: RecordedDecision) => void,
): Promise<void> {
  const { store } = ports;
  const { signal } = watch;
  const from = await firstRevisionSince(store, domainId, range.since);
  const end =
    range.until === undefined
      ? await decisionCount(store, domainId)
      : await firstRevisionSince(store, domainId, range.until);
  const total = Math.max(0, end - from);
  let read = 0;
  watch.progress({ read, total });
  if (total === 0) return;
  for await (const batch of readDecisions(ports, domainId, { from, limit: total, signal })) {
    for (const decision of batch) {
      if (read % atOnce === 0) await watch.breathe();
      if (signal.aborted) return;
      take(decision);
      read += 1;
    }
    watch.progress({ read, total });
  }
}
