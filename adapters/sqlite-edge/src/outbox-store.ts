/** The writing side of the outbox: applies groups of operations, each group in one transaction. */
import type { DatabaseSync } from 'node:sqlite';
import { createChains } from './chains.ts';
import { createDeliveryRows } from './delivery-rows.ts';
import { numberOf } from './outbox-file.ts';
import type { Operation, OperationOf, OutboxCounts, WriterAnswer } from './outbox-operations.ts';
import { createShippingRows } from './shipping-rows.ts';

export interface OutboxStore {
  apply(operations: readonly Operation[]): WriterAnswer;
  /** Gives some free pages back to the file system; true if there are more. */
  tidy(): boolean;
}

/** Free pages that are kept for the mails to come, and pages given back in one step (4 KiB each). */
const pagesKept = 4_096;
const pagesAStep = 512;

export function createOutboxStore(database: DatabaseSync, edge: string): OutboxStore {
  const chains = createChains(database, edge);
  const shipping = createShippingRows(database);
  const deliveries = createDeliveryRows(database, shipping);
  const begin = database.prepare('BEGIN IMMEDIATE');
  const commit = database.prepare('COMMIT');
  const saveSeq = database.prepare(`UPDATE counters SET value = ? WHERE name = 'seq'`);

  let committed = {
    counts: countRows(database),
    seq: numberOf(database, `SELECT value FROM counters WHERE name = 'seq'`),
  };
  let current = { ...committed.counts, seq: committed.seq };
  const nextSeq = (): number => (current.seq += 1);

  const put = (mail: OperationOf<'put'>): void => {
    const seq = nextSeq();
    const isDelivered = mail.deliverTo.length > 0;
    const event = chains.link(mail.domainId, mail.decision);
    if (isDelivered || mail.archive) shipping.addBody(seq, mail.raw);
    if (isDelivered) deliveries.add(seq, mail);
    shipping.addItem({ seq, kind: 'decision', mailId: mail.mailId, body: mail.archive ? seq : null, event });
    current.unshipped += 1;
    if (isDelivered) current.undelivered += 1;
  };

  const renewChains = ({ reasons }: OperationOf<'renew-chains'>): void => {
    for (const reason of reasons) {
      const back = shipping.unpark(reason);
      current.parked -= back;
      current.unshipped += back;
    }
    chains.renew();
    shipping.rewriteDecisions((domainId, event) => chains.link(domainId, event));
  };

  const applyOne = (operation: Operation): void => {
    switch (operation.kind) {
      case 'put':
        return put(operation);
      case 'counters':
        shipping.addItem({
          seq: nextSeq(),
          kind: 'counters',
          mailId: null,
          body: null,
          event: operation.event,
        });
        current.unshipped += 1;
        return undefined;
      case 'progress':
        if (deliveries.progress(operation, nextSeq)) current.undelivered -= 1;
        current.unshipped += operation.events.length;
        return undefined;
      case 'shipped':
        for (const seq of operation.seqs) if (shipping.forget(seq)) current.unshipped -= 1;
        return undefined;
      case 'park':
        for (const { seq, reason } of operation.refused) {
          if (!shipping.park(seq, reason)) continue;
          current.unshipped -= 1;
          current.parked += 1;
        }
        return undefined;
      case 'renew-chains':
        return renewChains(operation);
      default:
        return operation satisfies never;
    }
  };

  /** All or nothing; throws what SQLite threw. */
  const transaction = (operations: readonly Operation[]): void => {
    try {
      begin.run();
      chains.begin();
      for (const operation of operations) applyOne(operation);
      chains.save();
      if (current.seq !== committed.seq) saveSeq.run(current.seq);
      commit.run();
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      chains.forget();
      current = { ...committed.counts, seq: committed.seq };
      throw error;
    }
    const { seq, ...counts } = current;
    committed = { counts, seq };
  };

  return {
    apply(operations) {
      const failures = attempt(operations, transaction);
      return { failures, counts: committed.counts };
    },
    tidy() {
      const free = numberOf(database, 'PRAGMA freelist_count');
      const pages = numberOf(database, 'PRAGMA page_count');
      if (free <= pagesKept || free < pages / 4) return false;
      database.exec(`PRAGMA incremental_vacuum(${Math.min(pagesAStep, free - pagesKept)})`);
      return true;
    },
  };
}

/** The group at once; where that fails each by itself, so that no good one is lost with its neighbours. */
function attempt(
  operations: readonly Operation[],
  transaction: (operations: readonly Operation[]) => void,
): (string | undefined)[] {
  const failure = failureOf(() => transaction(operations));
  if (failure === undefined || operations.length === 1) return operations.map(() => failure);
  return operations.map((operation) => failureOf(() => transaction([operation])));
}

function failureOf(act: () => void): string | undefined {
  try {
    act();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const countRows = (database: DatabaseSync): OutboxCounts => ({
  undelivered: numberOf(database, 'SELECT count(*) FROM deliveries'),
  unshipped: numberOf(database, 'SELECT count(*) FROM items'),
  parked: numberOf(database, 'SELECT count(*) FROM parked'),
});
