/** Takes events from a stream of the client as they come, at the pace of whoever takes them, and leaves no call open. */
import { DeadlinePassed } from './wait.ts';

/** What is needed of the client's streams, which are Readables of objects. */
interface EventStream {
  read(): unknown;
  readonly readableLength: number;
  on(event: 'readable' | 'end', listener: () => void): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  off(event: 'readable', listener: () => void): unknown;
  destroy(): unknown;
}

export interface Puller<T> {
  /** The events that are there already. */
  take(): readonly T[];
  /** Events taken and events that wait to be taken. */
  received(): number;
  /**
   * Resolves when there may be something to take, or `wake` was called: false at the end of the stream. Rejects with the
   * stream's error, with DeadlinePassed, or with the reason of a signal that aborted.
   */
  wait(deadlineMs?: number): Promise<boolean>;
  /** Ends a `wait` under way. */
  wake(): void;
  /** Ends the call, whatever its state. */
  stop(): void;
}

export function createPuller<T>(
  stream: EventStream,
  options: { readonly signals: readonly AbortSignal[]; readonly cancel: () => Promise<void> },
): Puller<T> {
  let taken = 0;
  let isEnded = false;
  let failure: { readonly error: unknown } | undefined;
  // Something came while nobody waited. Without it the end of a stream that has been emptied would never be seen: a
  // Readable tells of its end only when it is read from once more.
  let isNotified = false;
  let wake = (): void => undefined;
  const signal = AbortSignal.any([...options.signals]);
  const notify = (): void => {
    isNotified = true;
    wake();
  };

  stream.on('readable', notify);
  stream.on('end', () => {
    isEnded = true;
    notify();
  });
  // Stays for good: the client may fail a stream that nobody listens to any more.
  stream.on('error', (error) => {
    failure ??= { error };
    notify();
  });
  signal.addEventListener('abort', notify, { once: true });

  const state = (): 'open' | 'ended' => {
    if (signal.aborted) throw signal.reason;
    if (failure !== undefined) throw failure.error;
    return isEnded ? 'ended' : 'open';
  };

  return {
    take() {
      isNotified = false;
      const events: T[] = [];
      for (let event = stream.read(); event !== null; event = stream.read()) {
        // The caller knows of what stream this is; the client's typings do not say it of `read`.
        events.push(event as T);
      }
      taken += events.length;
      return events;
    },
    received: () => taken + stream.readableLength,
    async wait(deadlineMs) {
      if (state() === 'ended') return false;
      if (isNotified || stream.readableLength > 0) return true;
      await new Promise<void>((resolve, reject) => {
        const timer =
          deadlineMs === undefined
            ? undefined
            : setTimeout(() => reject(new DeadlinePassed(`Nothing came for ${deadlineMs} ms`)), deadlineMs);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
      return state() === 'open';
    },
    wake: notify,
    stop() {
      signal.removeEventListener('abort', notify);
      stream.off('readable', notify);
      stream.destroy();
      // The call may never have come into being, which `cancel` then rejects for.
      if (!isEnded) options.cancel().catch(() => undefined);
    },
  };
}
