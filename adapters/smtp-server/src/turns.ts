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
  /** Messages at a time while the processor is full, at least; more where more than these are answered within `aimMs`. */
  readonly least: number;
  /** How long a message, once asked for, is to wait for its reply while the processor is full. */
  readonly aimMs: number;
  /** A turn whose message has not come by then counts no more: a slow client keeps nobody waiting. */
  readonly leaseMs: number;
  /** Nobody waits longer. */
  readonly longestMs: number;
  /** Whether waiting for the processor is what takes the time. Else any number of mails may wait for others' answers. */
  readonly isFull: () => boolean;
}

export function createTurns({ least, aimMs, leaseMs, longestMs, isFull }: TurnsOptions): Turns {
  const waiting = new Set<() => void>();
  const answered = createRate();
  let taken = 0;

  /** By Little's law: what is answered within the aim is as many as may be here for everybody to keep to it. */
  const mayGoOn = (): boolean => taken < Math.max(least, answered.within(aimMs)) || !isFull();

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
        if (isTaken) answered.count();
        free();
      },
    };
  }

  function next(): void {
    for (const go of waiting) {
      if (!mayGoOn()) return;
      go();
    }
  }

  return {
    ask(take) {
      if (mayGoOn()) return take(begin());
      const go = (): void => {
        clearTimeout(longest);
        waiting.delete(go);
        take(begin());
      };
      const longest = setTimeout(go, longestMs);
      waiting.add(go);
    },
  };
}

/** How long is counted before the count is believed, in ms. */
const rateWindowMs = 100;

/** How many there were in the last whole window. */
function createRate() {
  let begin = performance.now();
  let counted = 0;
  let perMs = 0;

  function roll(): void {
    const elapsed = performance.now() - begin;
    if (elapsed < rateWindowMs) return;
    perMs = counted / elapsed;
    counted = 0;
    begin += elapsed;
  }

  return {
    count(): void {
      counted += 1;
    },
    within(ms: number): number {
      roll();
      return perMs * ms;
    },
  };
}
