/** Watches how far a read model is on behalf of all clients that follow it: one question at a time, whoever waits. */

export interface CheckpointWatch {
  /**
   * Where the read model is, at once if that is beyond `after` (decimal string), then each time it has moved. Moves that
   * come while the caller is busy are told as one. Ends when the signal aborts.
   */
  moves(after: string | undefined, signal: AbortSignal | undefined): AsyncGenerator<string, void>;
  /** How many follow it now; the read model is asked only while somebody does. */
  followers(): number;
}

const everyMs = 250;

/** `read`: its checkpoint, undefined before the first. While it cannot be read nobody learns anything. */
export function watchCheckpoint(read: () => Promise<string | undefined>): CheckpointWatch {
  const wakers = new Set<() => void>();
  let followers = 0;
  let latest: bigint | undefined;
  let timer: NodeJS.Timeout | undefined;

  const look = async (): Promise<void> => {
    const position = await read().catch(() => undefined);
    if (position !== undefined) latest = BigInt(position);
    for (const wake of wakers) wake();
    timer = followers === 0 ? undefined : setTimeout(() => void look(), everyMs);
  };
  const begin = (): void => {
    followers += 1;
    // What was read for those before may be long past.
    if (followers === 1) latest = undefined;
    timer ??= setTimeout(() => void look(), 0);
  };
  const end = (): void => {
    followers -= 1;
  };

  return {
    async *moves(after, signal) {
      let seen = after === undefined ? -1n : BigInt(after);
      begin();
      try {
        while (signal?.aborted !== true) {
          if (latest !== undefined && latest > seen) {
            seen = latest;
            yield seen.toString();
          } else {
            await nextLook(wakers, signal);
          }
        }
      } finally {
        end();
      }
    },
    followers: () => followers,
  };
}

async function nextLook(wakers: Set<() => void>, signal: AbortSignal | undefined): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  wakers.add(resolve);
  signal?.addEventListener('abort', resolve as () => void, { once: true });
  await promise;
  signal?.removeEventListener('abort', resolve as () => void);
  wakers.delete(resolve);
}
