/** SharedAnswers on Redis: each answer for as long as it says; while Redis is away nobody is asked and nothing is put. */
import type { SharedAnswer, SharedAnswers } from '@sluice/core/ports/shared-answers.ts';
import { createBreaker } from './breaker.ts';
import { connect } from './connection.ts';

export interface AnswersOptions {
  /** `redis://` or `rediss://`. */
  readonly url: string;
  /** Longest wait for an answer, in ms; 50. The name server is being asked meanwhile. */
  readonly deadlineMs?: number;
  /** Between two tries whether Redis is back, in ms; 500. */
  readonly retryMs?: number;
}

export interface ClosableAnswers extends SharedAnswers {
  close(): void;
}

/** Connects in the background: until the first connection stands, Redis counts as away. */
export function connectAnswers({ url, deadlineMs = 50, retryMs = 500 }: AnswersOptions): ClosableAnswers {
  const redis = connect(url, { keyPrefix: 'sluice:dns:' });
  const breaker = createBreaker({
    deadlineMs,
    retryMs,
    isConnected: () => redis.status === 'ready',
    ping: () => redis.ping(),
    onChange: () => undefined,
  });
  return {
    async get(key) {
      // Sent together.
      const asked = await breaker.ask(() => Promise.all([redis.get(key), redis.pttl(key)]));
      const [text, leftMs] = asked?.value ?? [null, 0];
      return text === null || leftMs <= 0 ? undefined : read(text, Math.ceil(leftMs / 1_000));
    },
    put(key, { answer, ttl }) {
      void breaker.ask(() => redis.set(key, JSON.stringify(answer), 'PX', Math.ceil(ttl * 1_000)));
    },
    close() {
      breaker[Symbol.dispose]();
      redis.disconnect();
    },
  };
}

/** Another version may have written it. */
function read(text: string, ttl: number): SharedAnswer | undefined {
  try {
    const answer = JSON.parse(text) as SharedAnswer['answer'];
    if (answer.status === 'no-data' || answer.status === 'no-name') {
      return { answer: { status: answer.status }, ttl };
    }
    const isFound = answer.status === 'found' && Array.isArray(answer.records);
    return isFound && answer.records.every((record) => typeof record === 'string')
      ? { answer: { ...answer, ttl }, ttl }
      : undefined;
  } catch {
    return undefined;
  }
}
