/** Keeps callers away from a server that does not answer: the first that waits in vain is the last, until it answers again. */

export interface BreakerOptions {
  /** Longest wait for one answer, in ms. */
  readonly deadlineMs: number;
  /** Between two tries whether the server is back, in ms. */
  readonly retryMs: number;
  /** Whether there is a connection to ask on at all. */
  readonly isConnected: () => boolean;
  /** Resolves if the server answers. */
  readonly ping: () => Promise<unknown>;
  /** The server is away (true), or back. */
  readonly onChange: (isAway: boolean) => void;
}

export interface Breaker extends Disposable {
  /** The answer; undefined where there is none in time, at once while the server is known to be away. Never rejects. */
  ask<T>(question: () => Promise<T>): Promise<{ readonly value: T } | undefined>;
}

export function createBreaker({ deadlineMs, retryMs, isConnected, ping, onChange }: BreakerOptions): Breaker {
  let isAway = false;
  let timer: NodeJS.Timeout | undefined;

  const answer = async <T>(question: () => Promise<T>): Promise<{ readonly value: T } | undefined> => {
    if (!isConnected()) return undefined;
    const late = Promise.withResolvers<undefined>();
    const end = setTimeout(() => late.resolve(undefined), deadlineMs);
    try {
      const asked = question().then((value) => ({ value }));
      return await Promise.race([asked, late.promise]);
    } catch {
      return undefined;
    } finally {
      clearTimeout(end);
    }
  };

  /** Nobody's mail waits for this. */
  function tryLater(): void {
    timer = setTimeout(() => void look(), retryMs);
    timer.unref();
  }

  async function look(): Promise<void> {
    const isBack = (await answer(ping)) !== undefined;
    if (timer === undefined) return;
    if (!isBack) return tryLater();
    isAway = false;
    onChange(false);
  }

  return {
    async ask(question) {
      if (isAway) return undefined;
      const answered = await answer(question);
      if (answered === undefined && !isAway) {
        isAway = true;
        onChange(true);
        tryLater();
      }
      return answered;
    },
    [Symbol.dispose]() {
      clearTimeout(timer);
      timer = undefined;
    },
  };
}
