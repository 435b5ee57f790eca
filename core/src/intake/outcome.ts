/** What becomes of an item of a batch. */
import type { ItemRefusal } from './admit.ts';

/** taken: in the log; later: not now, to be sent again; refused: never. */
export type Outcome =
  | { readonly outcome: 'taken' }
  | { readonly outcome: 'later' }
  | { readonly outcome: 'refused'; readonly reason: ItemRefusal };

export const taken: Outcome = { outcome: 'taken' };
export const later: Outcome = { outcome: 'later' };
export const refused = (reason: ItemRefusal): Outcome => ({ outcome: 'refused', reason });

/** At most so many at once, each in turn; the results in the order of the inputs. */
export async function mapLimited<T, TResult>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<TResult>,
): Promise<TResult[]> {
  const results: TResult[] = [];
  const entries = items.entries();
  const take = async (): Promise<void> => {
    for (const [index, item] of entries) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, take));
  return results;
}

/** Runs what is given for the same key one after the other. */
export function createQueueByKey(): <T>(key: string, work: () => Promise<T>) => Promise<T> {
  const last = new Map<string, Promise<unknown>>();
  return async (key, work) => {
    const before = last.get(key) ?? Promise.resolve();
    const mine = before.then(work, work);
    const settled = mine.catch(() => undefined);
    last.set(key, settled);
    try {
      return await mine;
    } finally {
      if (last.get(key) === settled) last.delete(key);
    }
  };
}
