/** Notices that no name server answers at all, so that not every mail of an outage waits for every question. */

export interface LivenessOptions {
  /** Asks the name server something that any of them answers at once; true if anything at all came back. */
  readonly probe: () => Promise<boolean>;
  /** A question that takes longer raises the suspicion, in ms. */
  readonly slowMs: number;
  /** How long a dead name server is left alone before it is asked again, in ms. */
  readonly recheckMs: number;
}

export interface Liveness {
  /** The answer; undefined as soon as it is known that the name server is dead. */
  guard<T>(ask: () => Promise<T>): Promise<T | undefined>;
}

/**
 * Names that a sender chose never count: they may belong to servers that are silent on purpose. Only the probe decides,
 * so nobody can switch our questions off from outside.
 */
export function createLiveness({ probe, slowMs, recheckMs }: LivenessOptions): Liveness {
  let isDead = false;
  let probedAt = 0;
  let probing: Promise<boolean> | undefined;

  const check = (): Promise<boolean> =>
    (probing ??= probe().then((isAlive) => {
      isDead = !isAlive;
      probedAt = performance.now();
      probing = undefined;
      return isAlive;
    }));

  return {
    async guard<T>(ask: () => Promise<T>): Promise<T | undefined> {
      if (isDead) {
        // The question that finds the name server alive again is not held up for it.
        if (performance.now() - probedAt > recheckMs) void check();
        return undefined;
      }
      const { promise: died, resolve } = Promise.withResolvers<undefined>();
      const suspect = async () => {
        if (!(await check())) resolve(undefined);
      };
      const timer = setTimeout(() => void suspect(), slowMs);
      try {
        return await Promise.race([ask(), died]);
      } finally {
        clearTimeout(timer);
      }
    },
  };
}
