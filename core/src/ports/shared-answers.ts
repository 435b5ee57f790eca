/** Port: answers of DNS that edges share, so that what one has waited for the others need not wait for. */
import type { DnsAnswer } from './resolver.ts';

export interface SharedAnswer {
  readonly answer: Exclude<DnsAnswer, { status: 'failed' }>;
  /** Seconds for which it may still be used. */
  readonly ttl: number;
}

export interface SharedAnswers {
  /** Undefined where nobody has put it, its time is over, or nobody can be asked. Never throws. */
  get(key: string): Promise<SharedAnswer | undefined>;
  /** At once; whether it gets there is nobody's matter. */
  put(key: string, answer: SharedAnswer): void;
}
