import { describe, expect, it } from 'vitest';
import type { BatchAnswer, BatchItem } from '../handover/batch.ts';
import { ok, refuse, type Result } from '../kernel/result.ts';
import type { IntakeRefusal } from '../ports/intake.ts';
import type { Shipment } from '../ports/outbox.ts';
import { ship, type ShipNotice, type ShipPorts } from './ship.ts';

const shipment = (seq: number): Shipment => ({
  seq,
  kind: 'decision',
  mailId: `mail-${seq}`,
  event: {
    id: `event-${seq}`,
    type: 'MailJudged',
    data: {},
    metadata: { schemaVersion: 1, actor: { kind: 'edge', id: 'mx1' }, at: '', correlationId: '' },
  },
  raw: new TextEncoder().encode(`raw ${seq}`),
});

type Handed = Result<BatchAnswer, IntakeRefusal>;

/** An outbox in memory and an intake that answers as `answer` says; stops when the outbox is empty, or after 50 batches. */
async function shipAll(count: number, answer: (items: readonly BatchItem[], batch: number) => Handed) {
  const stop = new AbortController();
  const batches: (readonly BatchItem[])[] = [];
  const slept: number[] = [];
  const notices: ShipNotice[] = [];
  const parked: number[] = [];
  const renewals: (readonly string[])[] = [];
  let items = Array.from({ length: count }, (_, n) => shipment(n + 1));
  const forget = (seqs: readonly number[]): void => {
    items = items.filter(({ seq }) => !seqs.includes(seq));
  };
  const ports: ShipPorts = {
    outbox: {
      shipments: (limit) => items.slice(0, limit.items),
      markShipped: async (seqs) => forget(seqs),
      async park(refused) {
        forget(refused.map(({ seq }) => seq));
        parked.push(...refused.map(({ seq }) => seq));
      },
      async renewChains(reasons) {
        renewals.push(reasons);
      },
      onChange: () => undefined,
    },
    intake: {
      async hand({ items: handed }) {
        batches.push(handed);
        if (batches.length === 50) stop.abort();
        return answer(handed, batches.length);
      },
    },
    pause: {
      async sleep(ms) {
        slept.push(ms);
        if (items.length === 0) stop.abort();
      },
    },
  };
  await ship(ports, stop.signal, (notice) => notices.push(notice));
  return { batches, slept, notices, parked, renewals, left: items.map(({ seq }) => seq) };
}

const seqsOf = (items: readonly BatchItem[]): number[] => items.map(({ seq }) => seq);
const takeAll = (items: readonly BatchItem[]): Handed => ok({ taken: seqsOf(items), refused: [] });

describe('shipping', () => {
  it('given items in the outbox, hands them over in order with their bodies, and forgets them', async () => {
    const { batches, left, notices } = await shipAll(3, takeAll);
    expect(batches.map(seqsOf)).toEqual([[1, 2, 3]]);
    expect(batches[0]?.[0]).toEqual({
      seq: 1,
      kind: 'decision',
      mailId: 'mail-1',
      event: shipment(1).event,
      body: shipment(1).raw,
    });
    expect(left).toEqual([]);
    expect(notices).toEqual([{ kind: 'shipped', items: 3 }]);
  });

  it('given an intake that is away, keeps everything and waits longer each time', async () => {
    const { slept, notices, left } = await shipAll(2, (items, batch) =>
      batch <= 3 ? refuse('unavailable', 'nobody there') : takeAll(items),
    );
    expect(slept.slice(0, 3)).toEqual([500, 1_000, 2_000]);
    expect(notices.map(({ kind }) => kind)).toEqual(['away', 'away', 'away', 'shipped', 'back']);
    expect(left).toEqual([]);
  });

  it('given an answer that takes some and refuses some, parks the refused and hands over the rest again', async () => {
    const { batches, parked, notices } = await shipAll(4, (items, batch) =>
      batch === 1 ? ok({ taken: [1, 3], refused: [{ seq: 2, reason: 'unknown domain' }] }) : takeAll(items),
    );
    expect(batches.map(seqsOf)).toEqual([[1, 2, 3, 4], [4]]);
    expect(parked).toEqual([2]);
    expect(notices).toContainEqual({ kind: 'parked', seq: 2, reason: 'unknown domain' });
  });

  it('given a batch that is refused whole, finds the item that is at fault and parks only that', async () => {
    const { parked, left } = await shipAll(10, (items) =>
      seqsOf(items).includes(7) ? refuse('refused', 'bad batch') : takeAll(items),
    );
    expect(parked).toEqual([7]);
    expect(left).toEqual([]);
  });

  it.each(['chain-forked', 'chain-broken', 'chain-gap', 'follows-refused'])(
    'given a decision that has no place in the log (%s), goes on in new chains and parks nothing',
    async (reason) => {
      const { parked, renewals, left, notices } = await shipAll(3, (items, batch) =>
        batch === 1 ? ok({ taken: [1], refused: [{ seq: 2, reason }] }) : takeAll(items),
      );
      expect(renewals).toHaveLength(1);
      expect(renewals[0]).toContain(reason);
      expect([parked, left]).toEqual([[], []]);
      expect(notices).toContainEqual({ kind: 'chains-renewed', reason });
    },
  );

  it('given one that will never be taken, parks it alone and sends what follows it in new chains', async () => {
    const { parked, renewals, left } = await shipAll(3, (items, batch) =>
      batch === 1
        ? ok({
            taken: [],
            refused: [
              { seq: 1, reason: 'body-missing' },
              { seq: 2, reason: 'follows-refused' },
              { seq: 3, reason: 'follows-refused' },
            ],
          })
        : takeAll(items),
    );
    expect([parked, renewals.length, left]).toEqual([[1], 1, []]);
  });

  it('given an intake that has no place in new chains either, parks instead of linking for ever', async () => {
    const { parked, renewals } = await shipAll(2, (items) =>
      ok({ taken: [], refused: seqsOf(items).map((seq) => ({ seq, reason: 'chain-forked' })) }),
    );
    expect([parked, renewals.length]).toEqual([[1, 2], 1]);
  });

  it('given an intake that takes nothing, does not hand over in a circle', async () => {
    const { slept, batches } = await shipAll(1, () => ok({ taken: [], refused: [] }));
    expect(slept).toHaveLength(batches.length - 1);
  });

  it('given an answer about items that were not in the batch, believes nothing of it', async () => {
    const { parked, left } = await shipAll(1, () =>
      ok({ taken: [99], refused: [{ seq: 98, reason: 'no' }] }),
    );
    expect([parked, left]).toEqual([[], [1]]);
  });
});
