/** Watches for changes of domains on behalf of all edges that wait: one question for everybody. */
import { operatorScope } from '@sluice/core/kernel/tenant-scope.ts';
import type { TenantScope } from '@sluice/core/kernel/tenant-scope.ts';
import { type Database, lastDomainChange } from '@sluice/postgres';

export interface ChangeWatch {
  /** Resolves when something has changed after the position, when the time is over, or when the signal aborts. */
  changedAfter(
    position: string | undefined,
    options: { readonly waitMs: number; readonly signal: AbortSignal },
  ): Promise<void>;
  close(): void;
}

const lookMs = 200;

/** `lastChange`: position of the last change, a decimal string; undefined if there was none. */
export function watchChanges(
  db: Database,
  lastChange: (scope: TenantScope, db: Database) => Promise<string | undefined> = lastDomainChange,
): ChangeWatch {
  const waiting = new Set<{ readonly after: bigint; readonly tell: () => void }>();
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;

  const look = async (): Promise<void> => {
    // While the database is away nobody learns anything; they ask again when their time is over.
    const last = await lastChange(operatorScope(), db).catch(() => undefined);
    for (const one of waiting) if (last !== undefined && BigInt(last) > one.after) one.tell();
    timer = undefined;
    lookLater();
  };
  const lookLater = (): void => {
    if (isClosed || waiting.size === 0) return;
    timer ??= setTimeout(() => void look(), lookMs);
  };

  return {
    async changedAfter(position, { waitMs, signal }) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const one = { after: BigInt(position ?? -1), tell: resolve };
      const end = setTimeout(resolve, waitMs);
      signal.addEventListener('abort', () => resolve(), { once: true });
      if (signal.aborted || isClosed) resolve();
      waiting.add(one);
      lookLater();
      await promise;
      clearTimeout(end);
      waiting.delete(one);
    },
    close() {
      isClosed = true;
      clearTimeout(timer);
      for (const one of waiting) one.tell();
    },
  };
}
