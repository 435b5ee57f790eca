/** The Bayes counts at an edge: all of them in SQLite, those that mails ask for in a cache; nothing is loaded beforehand. */
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { BayesReplica } from '@sluice/core/ports/bayes-models.ts';
import { openBayesFile, type StoredModel } from './bayes-file.ts';
import { createCountCache } from './count-cache.ts';

export interface BayesReplicaOptions {
  readonly file: string;
  /** Counts in memory, of all models together. Default: 500,000 (10 MB, once they were used). */
  readonly cached?: number;
  /** Counts that a model may have; beyond it those that were seen once go, the oldest first. Default: 250,000, as in the centre. */
  readonly maxCounts?: number;
}

/** Counts that are read from the file in one turn of the event loop: about 2 ms of CPU time. */
const readsAtOnce = 400;

interface Counts {
  readonly spams: Uint32Array;
  readonly hams: Uint32Array;
}
interface AskedCounts extends Counts {
  readonly tokens: readonly number[];
}

/** Throws `EdgeFileError` if the file cannot be used. */
export function openBayesReplica({
  file,
  cached = 500_000,
  maxCounts = 250_000,
}: BayesReplicaOptions): BayesReplica {
  const stored = openBayesFile(file, maxCounts);
  const cache = createCountCache(cached);
  const models = new Map<string, StoredModel>();
  const readModels = (): void => {
    for (const one of stored.models()) models.set(one.modelId, one);
  };
  readModels();
  /** Changes when everything was thrown away. */
  let age = 0;

  /** Answers the places of those that are not in it. */
  const fromCache = (
    model: number,
    tokens: readonly number[],
    { spams, hams }: Counts,
  ): readonly number[] => {
    const missing: number[] = [];
    for (let at = 0; at < tokens.length; at++) {
      const place = cache.find(model, tokens[at] ?? 0);
      if (place < 0) missing.push(at);
      else {
        spams[at] = cache.spamAt(place);
        hams[at] = cache.hamAt(place);
      }
    }
    return missing;
  };
  const fromFile = (model: number, places: readonly number[], { tokens, spams, hams }: AskedCounts): void => {
    for (const at of places) {
      const token = tokens[at] ?? 0;
      const count = stored.count(model, token);
      cache.put(model, token, count);
      spams[at] = count.spam;
      hams[at] = count.ham;
    }
  };

  return {
    position: () => stored.cursor(),
    knows: (modelId) => models.has(modelId),
    async read(modelId, tokens) {
      const total = models.get(modelId);
      if (total === undefined) return undefined;
      const { model, spam, ham, version } = total;
      const counts = { spams: new Uint32Array(tokens.length), hams: new Uint32Array(tokens.length) };
      const missing = fromCache(model, tokens, counts);
      const asked = age;
      for (let from = 0; from < missing.length; from += readsAtOnce) {
        if (from > 0) await nextTurn();
        if (asked !== age) return undefined;
        fromFile(model, missing.slice(from, from + readsAtOnce), { tokens, ...counts });
      }
      return { spam, ham, version, ...counts };
    },
    async apply(feed) {
      if (stored.tokenizer() !== feed.tokenizer) {
        age += 1;
        stored.empty();
        models.clear();
        cache.clear();
      }
      for (const { model, triples } of stored.save(feed)) {
        for (let at = 0; at + 2 < triples.length; at += 3) {
          const token = triples[at] ?? 0;
          if (cache.find(model, token) < 0) continue;
          cache.put(model, token, { spam: triples[at + 1] ?? 0, ham: triples[at + 2] ?? 0 });
        }
        await nextTurn();
      }
      readModels();
    },
    close: () => stored.close(),
  };
}
