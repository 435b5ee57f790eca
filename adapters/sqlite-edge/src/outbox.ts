/** The outbox of an edge on SQLite: written by a thread of its own, read from here. */
import type { Outbox, OutboxMail } from '@sluice/core/ports/outbox.ts';
import type { MailEvent } from '@sluice/core/mail/mail.ts';
import { lockFile, numberOf, openOutboxFile } from './outbox-file.ts';
import { createGroupWriter } from './outbox-group.ts';
import type { Operation, OutboxCounts } from './outbox-operations.ts';
import { createOutboxReader } from './outbox-reader.ts';

export interface OutboxOptions {
  /** Made if there is none, with `-wal`, `-shm` and `.lock` beside it; its folder must exist. */
  readonly file: string;
  /** Name of this edge, for the chains. */
  readonly edge: string;
}

/** Throws `EdgeFileError` if the file is in use, is not an outbox, or was written by a newer version. */
export function openOutbox({ file, edge }: OutboxOptions): Outbox {
  const lock = lockFile(file);
  try {
    return open(file, edge, lock);
  } catch (error) {
    lock.close();
    throw error;
  }
}

function open(file: string, edge: string, lock: { close(): void }): Outbox {
  const database = openOutboxFile(file);
  const listeners: (() => void)[] = [];
  /** Mail id to the id of its delivery. */
  const leases = new Map<string, number>();
  const leased = new Set<number>();
  const reader = createOutboxReader(database, leased);
  let counts: OutboxCounts = {
    undelivered: numberOf(database, 'SELECT count(*) FROM deliveries'),
    unshipped: numberOf(database, 'SELECT count(*) FROM items'),
    parked: numberOf(database, 'SELECT count(*) FROM parked'),
  };
  const writer = createGroupWriter({ file, edge }, (committed) => (counts = committed));

  /** Writes, then tells the listeners. */
  const writeNew = async (operation: Operation): Promise<void> => {
    await writer.write(operation);
    for (const listener of listeners) listener();
  };

  const close = async (): Promise<void> => {
    await writer.close();
    database.close();
    lock.close();
  };
  let closed: Promise<void> | undefined;

  return {
    put: (mail) => writeNew(putOperation(mail)),
    putCounters: (event) => writeNew({ kind: 'counters', event: JSON.stringify(event) }),

    dueDeliveries(now, limit, leave = new Set()) {
      // Asked after every commit, and often there is none.
      if (counts.undelivered === 0) return [];
      return reader.dueIds(Date.parse(now), limit, leave).flatMap((id) => {
        const due = reader.delivery(id);
        if (due === undefined) return [];
        leases.set(due.mailId, id);
        leased.add(id);
        return [due];
      });
    },

    async recordProgress({ mailId, delivered, failed, retry, events }) {
      const delivery = leases.get(mailId);
      if (delivery === undefined) throw new Error(`mail ${mailId} is not leased`);
      await writer.write({
        kind: 'progress',
        delivery,
        mailId,
        settled: [...delivered, ...failed],
        retry,
        events: events.map((event) => ({
          event: JSON.stringify(event),
          carriesBody: event.type === ('MailBounced' satisfies MailEvent['type']),
        })),
      });
      leases.delete(mailId);
      leased.delete(delivery);
      for (const listener of listeners) listener();
    },

    nextDue() {
      if (counts.undelivered === 0) return undefined;
      const due = reader.nextDue();
      return due === undefined ? undefined : new Date(due).toISOString();
    },

    shipments: (limit) => reader.shipments(limit),
    markShipped: (seqs) => writer.write({ kind: 'shipped', seqs: [...seqs] }),
    park: (refused) => writer.write({ kind: 'park', refused: [...refused] }),

    renewChains: (reasons) => writeNew({ kind: 'renew-chains', reasons: [...reasons] }),

    onChange(listener) {
      listeners.push(listener);
    },
    status: () => ({ ...counts, bytes: reader.bytes(), oldestUnshipped: reader.oldestItem() }),

    close: () => (closed ??= close()),
  };
}

const putOperation = (mail: OutboxMail): Operation => ({
  kind: 'put',
  mailId: mail.mailId,
  domainId: mail.domainId,
  receivedAt: mail.receivedAt,
  sender: mail.sender,
  smtpUtf8: mail.smtpUtf8,
  trace: mail.trace,
  deliverTo: mail.deliverTo,
  archive: mail.archive,
  decision: JSON.stringify(mail.decision),
  raw: mail.raw,
});
