/** The Bayes counts at an edge: models of domains that get mail are in memory, all of them in SQLite. */
import type { ModelCounts, ModelTotals } from '@sluice/core/handover/bayes-feed.ts';
import type { BayesModel, BayesReplica } from '@sluice/core/ports/bayes-models.ts';
import { openBayesFile } from './bayes-file.ts';
import { type CountTable, createCountTable } from './count-table.ts';

export interface BayesReplicaOptions {
  readonly file: string;
  /** Counts in memory, of all models together; the model that was used longest ago goes first. Default: 1,000,000 (32 MB). */
  readonly maxCounts?: number;
}

/** Throws `EdgeFileError` if the file cannot be used. */
export function openBayesReplica({ file, maxCounts = 1_000_000 }: BayesReplicaOptions): BayesReplica {
  const stored = openBayesFile(file);
  const totals = new Map<string, ModelTotals>();
  for (const model of stored.models()) totals.set(model.domainId, model);
  /** In the order of their last use. */
  const loaded = new Map<string, { readonly table: CountTable; model: BayesModel }>();

  const load = (total: ModelTotals) => {
    const table = createCountTable(stored.size(total.domainId));
    stored.forEach(total.domainId, (token, spam, ham) => table.set(token, spam, ham));
    return { table, model: modelOn(table, total) };
  };
  const makeRoom = (): void => {
    let counts = 0;
    for (const { table } of loaded.values()) counts += table.size;
    for (const [domainId, { table }] of loaded) {
      if (counts <= maxCounts || loaded.size === 1) return;
      loaded.delete(domainId);
      counts -= table.size;
    }
  };
  const learn = ({ domainId, triples }: ModelCounts): void => {
    const table = loaded.get(domainId)?.table;
    if (table === undefined) return;
    for (let at = 0; at + 2 < triples.length; at += 3) {
      table.set(triples[at] ?? 0, triples[at + 1] ?? 0, triples[at + 2] ?? 0);
    }
  };

  return {
    position: () => stored.cursor(),
    modelOf(domainId) {
      const total = totals.get(domainId);
      if (total === undefined) return undefined;
      const known = loaded.get(domainId);
      const used = known ?? load(total);
      loaded.delete(domainId);
      loaded.set(domainId, used);
      if (known === undefined) makeRoom();
      return used.model;
    },
    apply(feed) {
      const isOther = stored.tokenizer() !== feed.tokenizer;
      stored.save(feed);
      if (isOther) {
        totals.clear();
        loaded.clear();
      }
      for (const counts of feed.counts) learn(counts);
      for (const total of feed.models) {
        totals.set(total.domainId, total);
        const known = loaded.get(total.domainId);
        if (known !== undefined) known.model = modelOn(known.table, total);
      }
      makeRoom();
    },
    close: () => stored.close(),
  };
}

const modelOn = (table: CountTable, { spam, ham, version }: ModelTotals): BayesModel => ({
  spam,
  ham,
  version,
  spamWith: (token) => table.spamOf(token),
  hamWith: (token) => table.hamOf(token),
});
