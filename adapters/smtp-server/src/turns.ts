/**
 * Who may send a message now: while the processor is full, mails that are here are finished before more are asked for. A
 * client waits before its message instead of behind it, where a lost connection would bring the same mail twice
 * (RFC 1047), and fewer messages lie in memory.
 */

/** One message, from the question for it to the reply. */
export interface Turn {
  /** The message is here. */
  arrived(): void;
  /** It is answered, or will not come. Twice is as good as once. */
  end(): void;
}

export interface Turns {
  /** Calls back with a turn: at once where there is one, else in the order of asking, and never later than `longestMs`. */
  ask(take: (turn: Turn) => void): void;
}

export interface TurnsOptions {
  /** Messages at a time, while the processor is full. */
  readonly most: number;
  /** A turn whose message has not come by then counts no more: a slow client keeps nobody waiting. */
  readonly leaseMs: number;
  /** Nobody waits longer. */
  readonly longestMs: number;
  /** Whether waiting for the processor is what takes the time. Else any number of mails may wait for others' answers. */
  readonly isFull: () => boolean;
}

const lookMs = 20;

export function createTurns({ most, leaseMs, longestMs, isFull }: TurnsOptions): Turns {
  const waiting = new Set<() => void>();
  let taken = 0;
  /** While somebody waits: a mail that waits for an answer from elsewhere leaves the processor free. */
  let looking: NodeJS.Timeout | undefined;

  function begin(): Turn {
    taken += 1;
    let isTaken = true;
    const free = (): void => {
      if (!isTaken) return;
      isTaken = false;
      taken -= 1;
      next();
    };
    const lease = setTimeout(free, leaseMs);
    return {
      arrived: () => clearTimeout(lease),
      end() {
        clearTimeout(lease);
        free();
      },
    };
  }

  function next(): void {
    for (const go of waiting) {
      if (taken >= most && isFull()) return;
      go();
    }
    clearInterval(looking);
    looking = undefined;
  }

  return {
    ask(take) {
      if (taken < most || !isFull()) return take(begin());
      const go = (): void => {
        clearTimeout(longest);
        waiting.delete(go);
        take(begin());
      };
      const longest = setTimeout(go, longestMs);
      waiting.add(go);
      looking ??= setInterval(next, lookMs);
    },
  };
}
