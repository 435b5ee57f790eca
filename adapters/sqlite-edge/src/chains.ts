/** Heads of the decision chains, one a domain: in memory while we run, and in the same transaction as what they link. */
import type { DatabaseSync } from 'node:sqlite';
import { emptyChain, linkHash, nextLink, type ChainHead } from '@sluice/core/kernel/chain.ts';
import type { NewEvent } from '@sluice/core/kernel/event.ts';

export interface Chains {
  /** Call at BEGIN. */
  begin(): void;
  /** The event (JSON) with its link, as JSON; the chain goes on from it. */
  link(domainId: string, event: string): string;
  /** Writes the heads that moved; call before COMMIT. */
  save(): void;
  /** Forgets what was not committed; call after ROLLBACK. */
  forget(): void;
}

export function createChains(database: DatabaseSync, edge: string): Chains {
  const read = database.prepare('SELECT counter, hash FROM chains WHERE domain_id = ?');
  const write = database.prepare(`
    INSERT INTO chains VALUES (?, ?, ?)
    ON CONFLICT (domain_id) DO UPDATE SET counter = excluded.counter, hash = excluded.hash
  `);
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
      const chain = nextLink(edge, headOf(domainId));
      const linked = { ...unlinked, data: { ...unlinked.data, chain: { ...chain } } };
      heads.set(domainId, { counter: chain.counter, hash: linkHash(linked) });
      moved.add(domainId);
      return JSON.stringify(linked);
    },
    save() {
      for (const domainId of moved) {
        const head = heads.get(domainId);
        if (head !== undefined) write.run(domainId, head.counter, head.hash);
      }
    },
    forget() {
      for (const domainId of moved) heads.delete(domainId);
    },
  };
}
