/** Pages by key: a page begins where the one before ended, however much arrives meanwhile. */

export interface Page<T> {
  readonly items: readonly T[];
  /** Ask with it for the next page; undefined on the last one. */
  readonly next: string | undefined;
}

const maxPage = 200;
const defaultPage = 50;

export const pageSize = (limit: number | undefined): number =>
  Math.min(maxPage, Math.max(1, Math.trunc(limit ?? defaultPage)));

/** Of one row more than the page holds. */
export function toPage<TRow, T>(
  rows: readonly TRow[],
  limit: number,
  { item, cursor }: { readonly item: (row: TRow) => T; readonly cursor: (row: TRow) => string },
): Page<T> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const isMore = rows.length > limit && last !== undefined;
  return { items: shown.map(item), next: isMore ? cursor(last) : undefined };
}
