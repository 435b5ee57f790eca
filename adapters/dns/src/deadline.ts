/** The Deadline port on the timers of Node. */
import type { Deadline, Waited } from '@sluice/core/ports/deadline.ts';

export const createDeadline = (): Deadline => ({
  within<T>(promise: Promise<T>, ms: number): Promise<Waited<T>> {
    const { promise: waited, resolve, reject } = Promise.withResolvers<Waited<T>>();
    const timer = setTimeout(() => resolve({ ok: false }), ms);
    promise.then((value) => resolve({ ok: true, value }), reject).finally(() => clearTimeout(timer));
    return waited;
  },
});
