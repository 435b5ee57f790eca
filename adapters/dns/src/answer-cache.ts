/** Answers remembered for as long as they say, negative ones too (RFC 2308); bounded, and by the monotonic clock. */
import type { DnsAnswer } from '@sluice/core/ports/resolver.ts';
import type { Answered } from './message.ts';

export interface AnswerCache {
  /** With the seconds it has left; undefined if there is none that still holds. */
  get(key: string): DnsAnswer | undefined;
  put(key: string, answered: Answered): void;
}

export interface AnswerCacheOptions {
  readonly maxEntries: number;
  /** ms; monotonic. */
  readonly now?: () => number;
}

interface Entry {
  readonly answer: DnsAnswer;
  /** ms */
  readonly until: number;
}

/** Longer answers are asked for each time: nobody may fill the memory with them. */
const maxCharacters = 4_096;
/** RFC 9520 §3.2: what failed is not asked again at once. Seconds. */
const failureTtl = 1;

export function createAnswerCache({
  maxEntries,
  now = () => performance.now(),
}: AnswerCacheOptions): AnswerCache {
  const entries = new Map<string, Entry>();
  return {
    get(key) {
      const entry = entries.get(key);
      if (entry === undefined) return undefined;
      const left = entry.until - now();
      if (left <= 0) {
        entries.delete(key);
        return undefined;
      }
      const { answer } = entry;
      return answer.status === 'found' ? { ...answer, ttl: Math.ceil(left / 1_000) } : answer;
    },
    put(key, { answer, ttl }) {
      const seconds = answer.status === 'failed' ? failureTtl : ttl;
      if (seconds <= 0 || lengthOf(answer) > maxCharacters) return;
      entries.delete(key);
      if (entries.size >= maxEntries) forgetOldest(entries, Math.ceil(maxEntries / 16));
      entries.set(key, { answer, until: now() + seconds * 1_000 });
    },
  };
}

/** Many at a time: finding the first entry of a map takes longer the more before it were deleted. */
function forgetOldest(entries: Map<string, unknown>, count: number): void {
  let left = count;
  for (const key of entries.keys()) {
    if (left === 0) return;
    entries.delete(key);
    left -= 1;
  }
}

const lengthOf = (answer: DnsAnswer): number =>
  answer.status === 'found' ? answer.records.reduce((sum, { length }) => sum + length, 0) : 0;
