/** Appends that arrive in one turn of the event loop share one transaction and one fsync. */
import type { AppendOutcome, AppendRequest } from './requests.ts';
import type { EventLog } from './event-log.ts';

export interface GroupCommit {
  /** Answers once, in the order of the calls, when the append is on disk or refused. */
  append(request: AppendRequest, answer: (outcome: AppendOutcome) => void): void;
  /** Calls the listener after every commit that added events; returns how to stop that. */
  onCommit(listener: () => void): () => void;
  /** Commits what waits; later appends fail. */
  close(): void;
}

interface Waiting {
  readonly request: AppendRequest;
  readonly answer: (outcome: AppendOutcome) => void;
}

/** Appends in one transaction at most, so that a flood does not keep readers waiting. */
const largestGroup = 512;

export function createGroupCommit(log: EventLog, clock: () => number): GroupCommit {
  const listeners = new Set<() => void>();
  const gathering = createGathering();
  let waiting: Waiting[] = [];
  let isScheduled = false;
  let isClosed = false;

  const schedule = (): void => {
    if (isScheduled) return;
    isScheduled = true;
    gathering.begin();
    setImmediate(decide);
  };
  const decide = (): void => {
    const more = gathering.waitMs(waiting.length);
    if (more > 0) {
      // Timers are no finer than a millisecond; a shorter wait is some turns of the loop.
      if (more >= 1) setTimeout(decide, 1);
      else setImmediate(decide);
      return;
    }
    isScheduled = false;
    commitGroup();
  };
  const commitGroup = (): void => {
    const group = waiting.length > largestGroup ? waiting.splice(0, largestGroup) : waiting;
    if (group === waiting) waiting = [];
    else schedule();
    if (group.length === 0) return;
    const before = log.lastPosition();
    const begin = performance.now();
    const outcomes = appendAll(log, group, clock());
    gathering.committed(group.length, performance.now() - begin);
    for (const [index, { answer }] of group.entries()) answer(outcomes[index] ?? { kind: 'failed' });
    if (log.lastPosition() !== before) for (const listener of listeners) listener();
  };

  return {
    append(request, answer) {
      if (isClosed) {
        answer({ kind: 'failed' });
        return;
      }
      waiting.push({ request, answer });
      schedule();
    },
    onCommit(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      isClosed = true;
      while (waiting.length > 0) commitGroup();
    },
  };
}

function appendAll(log: EventLog, group: readonly Waiting[], now: number): readonly AppendOutcome[] {
  try {
    return log.transaction(() => group.map(({ request }) => log.append(request, now)));
  } catch {
    // One of them, or the disk, is at fault: each by itself, so that no good one is lost with its neighbours.
    return group.map(({ request }) => appendAlone(log, request, now));
  }
}

function appendAlone(log: EventLog, request: AppendRequest, now: number): AppendOutcome {
  try {
    return log.transaction(() => log.append(request, now));
  } catch {
    return { kind: 'failed' };
  }
}

interface Gathering {
  /** The first append of a group has come. */
  begin(): void;
  /** How much longer to wait for others, in milliseconds; 0: commit. */
  waitMs(waiting: number): number;
  /** So many appends were committed in so many milliseconds. */
  committed(appends: number, milliseconds: number): void;
}

const longestWaitMs = 4;
/** So many of the writers are enough. */
const mostWriters = 0.75;

/**
 * Writers that were answered together come back one by one; to commit with the first of them would have the others wait for two
 * commits. So a group waits for most of the writers there were lately, at most half as long as a commit takes. A writer that is
 * alone never waits.
 */
function createGathering(): Gathering {
  let begun = 0;
  let writers = 1;
  let commitMs = 0;
  return {
    begin() {
      begun = performance.now();
    },
    waitMs(waiting) {
      if (waiting >= writers * mostWriters) return 0;
      return Math.max(0, Math.min(commitMs / 2, longestWaitMs) - (performance.now() - begun));
    },
    committed(appends, milliseconds) {
      writers = Math.max(appends, writers * 0.8);
      commitMs = commitMs === 0 ? milliseconds : commitMs * 0.8 + milliseconds * 0.2;
    },
  };
}
