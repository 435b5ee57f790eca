/** All mails that match, page by page. */
import { api } from '#lib/api.ts';
import type { Query } from './filter.ts';
import type { Hit } from './hits.ts';

/** As many as are released in one go. */
export const maxCollected = 10_000;

const pageSize = 200;

/** Each page as it comes; ends at the last one, at `maxCollected`, or when the signal aborts. */
export async function* collect(query: Query, signal: AbortSignal): AsyncGenerator<readonly Hit[], void> {
  let cursor: string | undefined;
  let collected = 0;
  do {
    const input = { ...query, limit: pageSize, ...(cursor === undefined ? {} : { cursor }) };
    const { items, next } = await api.quarantine.search.query(input, { signal });
    yield items.slice(0, maxCollected - collected);
    collected += items.length;
    cursor = next;
  } while (cursor !== undefined && collected < maxCollected && !signal.aborted);
}
