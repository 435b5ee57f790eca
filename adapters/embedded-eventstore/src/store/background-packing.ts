/** When events are packed: while nobody appends, in short steps; and under appends only so far that not too many wait. */
import type { EventLog } from './event-log.ts';
import type { GroupCommit } from './group-commit.ts';

export interface BackgroundPacking {
  /** When there is nothing more to be done until the next append. */
  atRest(): Promise<void>;
  close(): void;
}

/** So long after a commit the store is not busy. */
const quietMs = 100;
/** A step, in which appends wait; after it they have at least twice as long. */
const stepMs = 2;
const pauseFactor = 2;
/** Bytes of events that may wait while the store is busy. */
const mostWaitingBytes = 16 * 1024 * 1024;
/** What a commit may have its successor wait where more wait. */
const busyStepMs = 1;
/** After a failure, for example of a full disk. */
const retryMs = 60_000;

/** Begins at once with what an earlier run, or format 1, left. */
export function packInBackground(
  log: Pick<EventLog, 'pack' | 'giveBack' | 'unpackedBytes'>,
  commits: Pick<GroupCommit, 'onCommit'>,
  mostWaiting = mostWaitingBytes,
): BackgroundPacking {
  let resting: (() => void)[] = [];
  let timer: NodeJS.Timeout | undefined;
  let notBefore = 0;
  let busyAbove = mostWaiting;
  let busyStep: NodeJS.Immediate | undefined;

  const rest = (): void => {
    timer = undefined;
    busyAbove = mostWaiting;
    const ready = resting;
    resting = [];
    for (const resolve of ready) resolve();
  };
  const next = (milliseconds: number): void => {
    timer = setTimeout(step, Math.max(1, milliseconds)).unref();
  };
  const step = (): void => {
    const begin = performance.now();
    if (begin < notBefore) next(notBefore - begin);
    else if (attempt(() => log.pack(stepMs) || log.giveBack())) {
      next(Math.max(notBefore - begin, (performance.now() - begin) * pauseFactor));
    } else rest();
  };
  /** Whether there is more to do. What fails is as it was before: appends and reads do not need it. */
  const attempt = (work: () => boolean): boolean => {
    try {
      return work();
    } catch {
      notBefore = performance.now() + retryMs;
      return true;
    }
  };
  const stop = commits.onCommit(() => {
    notBefore = Math.max(notBefore, performance.now() + quietMs);
    if (timer === undefined) next(quietMs);
    if (log.unpackedBytes() <= busyAbove || busyStep !== undefined) return;
    busyStep = setImmediate(() => {
      busyStep = undefined;
      // Positions have gaps where events came from another store: few may look like many.
      if (!attempt(() => log.pack(busyStepMs))) busyAbove = log.unpackedBytes() + mostWaiting;
    });
  });
  next(0);

  return {
    atRest: () =>
      timer === undefined
        ? Promise.resolve()
        : new Promise((resolve) => {
            resting.push(resolve);
          }),
    close() {
      stop();
      clearTimeout(timer);
      clearImmediate(busyStep);
      rest();
    },
  };
}
