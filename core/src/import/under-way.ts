/** The mails of an import between reading and the intake: how many there may be, and waiting for one to leave. */

export interface UnderWay {
  has(mailId: string): boolean;
  readonly size: number;
  enter(mailId: string, bytes: number): void;
  /** False if it was not there. */
  leave(mailId: string): boolean;
  hasRoomFor(bytes: number): boolean;
  /** To be called when anything has changed that somebody may wait for. */
  wake(): void;
  /** Resolves when the condition holds, looked at whenever `wake` is called, or when the signal is aborted. For one caller at a time. */
  until(condition: () => boolean, signal: AbortSignal): Promise<void>;
}

/** So much memory and outbox at most, however large the archive is. */
const room = { mails: 2_000, bytes: 16 * 1024 * 1024 };

export function createUnderWay(): UnderWay {
  const sizes = new Map<string, number>();
  let total = 0;
  let wake: () => void = () => undefined;
  return {
    has: (mailId) => sizes.has(mailId),
    get size() {
      return sizes.size;
    },
    enter(mailId, bytes) {
      sizes.set(mailId, bytes);
      total += bytes;
    },
    leave(mailId) {
      total -= sizes.get(mailId) ?? 0;
      return sizes.delete(mailId);
    },
    // One that is larger than the room goes through it alone.
    hasRoomFor: (bytes) => sizes.size === 0 || (sizes.size < room.mails && total + bytes <= room.bytes),
    wake: () => wake(),
    async until(condition, signal) {
      while (!condition() && !signal.aborted) {
        const { promise, resolve } = Promise.withResolvers<void>();
        const onAbort = (): void => resolve();
        wake = resolve;
        signal.addEventListener('abort', onAbort, { once: true });
        await promise;
        signal.removeEventListener('abort', onAbort);
      }
    },
  };
}
