/** The outbox of an import as shipping sees it: what the intake took is noted first, and only then forgotten here. */
import type { ShipPorts } from '../edge/ship.ts';
import type { HandedIn } from '../ports/handed-in.ts';

export interface HandOver {
  /** For `ship`. */
  readonly outbox: ShipPorts['outbox'];
  /** Calls back with the mails that were handed in, and with those that the intake will never take. */
  on(listener: HandOverListener): void;
}

export interface HandOverListener {
  taken(mailIds: readonly string[]): void;
  parked(mailIds: readonly string[], reason: string): void;
}

/**
 * At every moment a mail that was put is in the outbox, or noted as handed in, or both: whenever the process ends, the next
 * run neither loses nor doubles one.
 */
export function createHandOver(outbox: ShipPorts['outbox'], handedIn: HandedIn): HandOver {
  const listeners: HandOverListener[] = [];
  let shipped = new Map<number, string>();
  const mailsOf = (seqs: readonly number[]): readonly string[] =>
    seqs.flatMap((seq) => shipped.get(seq) ?? []);

  return {
    outbox: {
      shipments(limit) {
        const shipments = outbox.shipments(limit);
        shipped = new Map(
          shipments.flatMap(({ seq, mailId }) => (mailId === undefined ? [] : [[seq, mailId] as const])),
        );
        return shipments;
      },
      async markShipped(seqs) {
        const mailIds = mailsOf(seqs);
        handedIn.add(mailIds);
        await outbox.markShipped(seqs);
        for (const listener of listeners) listener.taken(mailIds);
      },
      async park(refused) {
        await outbox.park(refused);
        const mailIds = mailsOf(refused.map(({ seq }) => seq));
        for (const listener of listeners) listener.parked(mailIds, refused[0]?.reason ?? '');
      },
      renewChains: (reasons) => outbox.renewChains(reasons),
      onChange: (listener) => outbox.onChange(listener),
    },
    on: (listener) => void listeners.push(listener),
  };
}
