/** Heads of the decision chains, one a domain: in memory while we run, and in the same transaction as what they link. */
import { randomInt } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { chainName, emptyChain, linkHash, nextLink, type ChainHead } from '@sluice/core/kernel/chain.ts';
import type { NewEvent } from '@sluice/core/kernel/event.ts';

export interface Chains {
  /** Call at BEGIN. */
  begin(): void;
  /** The event (JSON) with its link, as JSON; the chain goes on from it. */
  link(domainId: string, event: string): string;
  /** From now on each domain has a new chain, of another name. */
  renew(): void;
  /** Writes the heads that moved; call before COMMIT. */
  save(): void;
  /** Forgets what was not committed; call after ROLLBACK. */
  forget(): void;
}

/** Six letters and digits. */
const maxSeries = 36 ** 6;

export function createChains(database: DatabaseSync, edge: string): Chains {
  const read = database.prepare('SELECT counter, hash FROM chains WHERE domain_id = ?');
  const write = database.prepare(`
    INSERT INTO chains VALUES (?, ?, ?)
    ON CONFLICT (domain_id) DO UPDATE SET counter = excluded.counter, hash = excluded.hash
  `);
  const readSeries = database.prepare(`SELECT value FROM counters WHERE name = 'series'`);
  const writeSeries = database.prepare(`INSERT OR REPLACE INTO counters VALUES ('series', ?)`);
  const clear = database.prepare('DELETE FROM chains');
  const nameNow = (): string => chainName(edge, Number(readSeries.get()?.['value'] ?? 0));
  let name = nameNow();
  const heads = new Map<string, ChainHead>();
  const moved = new Set<string>();

  const headOf = (domainId: string): ChainHead => {
    const known = heads.get(domainId);
    if (known !== undefined) return known;
    const row = read.get(domainId);
    return row === undefined ? emptyChain : { counter: Number(row['counter']), hash: String(row['hash']) };
  };

  return {
    begin: () => moved.clear(),
    link(domainId, event) {
      const unlinked = JSON.parse(event) as NewEvent;
      const chain = nextLink(name, headOf(domainId));
      const linked = { ...unlinked, data: { ...unlinked.data, chain: { ...chain } } };
      heads.set(domainId, { counter: chain.counter, hash: linkHash(linked) });
      moved.add(domainId);
      return JSON.stringify(linked);
    },
    renew() {
      // Any number: one that was begun anew before, by an edge of this name whose files are lost, had another.
      writeSeries.run(randomInt(1, maxSeries));
      clear.run();
      name = nameNow();
      heads.clear();
      moved.clear();
    },
    save() {
      for (const domainId of moved) {
        const head = heads.get(domainId);
        if (head !== undefined) write.run(domainId, head.counter, head.hash);
      }
    },
    forget() {
      for (const domainId of moved) heads.delete(domainId);
      const before = nameNow();
      if (before !== name) heads.clear();
      name = before;
    },
  };
}
