/**
 * Answers of other edges, for what the name server takes its time over. It is asked in any case and at first alone: what it
 * knows comes back sooner than anybody else could tell, and costs nothing more; what it has to find out takes long enough.
 */
import type { DnsAnswer } from '@sluice/core/ports/resolver.ts';
import type { SharedAnswer, SharedAnswers } from '@sluice/core/ports/shared-answers.ts';
import { createDeadline } from './deadline.ts';
import type { Answered } from './message.ts';

export interface OtherEdges {
  /** The name server's own answer, or that of another edge if it is there before; `remember` is told of the latter. */
  orTheirs(
    key: string,
    own: Promise<DnsAnswer>,
    remember: (theirs: SharedAnswer) => void,
  ): Promise<DnsAnswer>;
  /** Puts what took long, for the others. `tookMs`: how long it took. */
  offer(key: string, answered: Answered, tookMs: number): void;
}

/** Shorter answers are gone before another edge could use them. Seconds. */
const leastTtl = 5;
/** Characters of an answer that is worth sharing. */
const mostCharacters = 4_096;

/** `patienceMs`: how long the name server alone is waited for. */
export function createOtherEdges(shared: SharedAnswers, patienceMs: number): OtherEdges {
  const deadline = createDeadline();
  return {
    async orTheirs(key, own, remember) {
      const quick = await deadline.within(own, patienceMs);
      if (quick.ok) return quick.value;
      const theirs = shared.get(key).then((found) => {
        if (found === undefined) return own;
        remember(found);
        return found.answer;
      });
      return Promise.race([own, theirs]);
    },
    offer(key, { answer, ttl }, tookMs) {
      if (tookMs < patienceMs || answer.status === 'failed' || ttl < leastTtl) return;
      if (answer.status === 'found' && lengthOf(answer.records) > mostCharacters) return;
      shared.put(key, { answer, ttl });
    },
  };
}

const lengthOf = (records: readonly string[]): number => records.reduce((sum, { length }) => sum + length, 0);
