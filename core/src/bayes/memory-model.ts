/** A model in memory: counts by token, for tests, benches and training runs without an edge. */
import type { BayesCounts, BayesModels } from '../ports/bayes-models.ts';
import type { Count, CountChange } from './counts.ts';

export interface MemoryModel extends Count {
  /** Mails with the token. */
  spamWith(token: number): number;
  hamWith(token: number): number;
  read(tokens: readonly number[]): BayesCounts;
  add(change: CountChange): void;
  /** Tokens with a count. */
  readonly size: number;
}

export function createMemoryModel(): MemoryModel {
  const counts = new Map<number, Count>();
  let mails: Count = { spam: 0, ham: 0 };
  const spamWith = (token: number): number => counts.get(token)?.spam ?? 0;
  const hamWith = (token: number): number => counts.get(token)?.ham ?? 0;
  return {
    get spam() {
      return mails.spam;
    },
    get ham() {
      return mails.ham;
    },
    get size() {
      return counts.size;
    },
    spamWith,
    hamWith,
    read: (tokens) => ({
      ...mails,
      version: '0',
      spams: Uint32Array.from(tokens, spamWith),
      hams: Uint32Array.from(tokens, hamWith),
    }),
    add(change) {
      mails = { spam: mails.spam + change.mails.spam, ham: mails.ham + change.mails.ham };
      for (const [token, by] of change.tokens) {
        const before = counts.get(token);
        const spam = (before?.spam ?? 0) + by.spam;
        const ham = (before?.ham ?? 0) + by.ham;
        if (spam === 0 && ham === 0) counts.delete(token);
        else counts.set(token, { spam, ham });
      }
    },
  };
}

/** Models in memory, by their ids. */
export const memoryModels = (models: Readonly<Record<string, MemoryModel>>): BayesModels => ({
  knows: (modelId) => models[modelId] !== undefined,
  read: async (modelId, tokens) => models[modelId]?.read(tokens),
});
