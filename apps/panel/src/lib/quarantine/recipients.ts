/** Who gets the mails that are to be released. */
import type { Hit } from './hits.ts';

export interface Recipient {
  readonly address: string;
  readonly mails: number;
}

/** Those who get most first. */
export function recipientsOf(hits: readonly Pick<Hit, 'recipients'>[]): readonly Recipient[] {
  const counts = new Map<string, number>();
  for (const address of hits.flatMap(({ recipients }) => recipients)) {
    counts.set(address, (counts.get(address) ?? 0) + 1);
  }
  return [...counts]
    .map(([address, mails]) => ({ address, mails }))
    .toSorted((a, b) => b.mails - a.mails || a.address.localeCompare(b.address));
}
