/** What every Outbox promises: what was put is there after a restart, in order, chained, until nobody needs it. */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { emptyChain, followChain, linkOf, type ChainHead } from '@sluice/core/kernel/chain.ts';
import type { NewEvent } from '@sluice/core/kernel/event.ts';
import type { DeliveryProgress, Outbox, Shipment } from '@sluice/core/ports/outbox.ts';
import { mailIdOf, testDomainId, testEvent, testMail } from './support/edge-mail.ts';

const now = '2026-11-22T10:00:00.000Z';
const later = '2026-11-22T11:00:00.000Z';
const all = { items: 1_000, maxBytes: Number.MAX_SAFE_INTEGER };

/** Where a chain of decisions ends. Throws where it is broken. */
export function endOfChain(events: readonly NewEvent[], start: ChainHead = emptyChain): ChainHead {
  let head = start;
  for (const event of events) {
    const next = followChain(head, linkOf(event.data)!, event);
    if ('code' in next) throw new Error(`chain is ${JSON.stringify(next)}`);
    head = next;
  }
  return head;
}

const decisions = (shipments: readonly Shipment[]): NewEvent[] =>
  shipments.filter(({ kind }) => kind === 'decision').map(({ event }) => event);

const progress = (number: number, changes: Partial<DeliveryProgress>): DeliveryProgress => ({
  mailId: mailIdOf(number),
  delivered: [],
  failed: [],
  retry: undefined,
  events: [],
  ...changes,
});

/** `open` opens the same outbox again after it was closed; `close` of the test closes the last one. */
export function outboxContract(create: () => { open(): Outbox; remove(): void }): void {
  describe('outbox', () => {
    let place: ReturnType<typeof create>;
    let outbox: Outbox;
    const reopen = async (): Promise<void> => {
      await outbox.close();
      outbox = place.open();
    };
    beforeEach(() => {
      place = create();
      outbox = place.open();
    });
    afterEach(async () => {
      await outbox.close();
      place.remove();
    });

    it('hands out what was put, for delivery and for shipping', async () => {
      const mail = testMail(1, {
        archive: true,
        smtpUtf8: true,
        deliverTo: ['a@example.com', 'ü@example.com'],
      });
      await outbox.put(mail);
      const [due] = outbox.dueDeliveries(now, 10);
      expect(due).toEqual({
        mailId: mail.mailId,
        domainId: mail.domainId,
        receivedAt: mail.receivedAt,
        sender: mail.sender,
        smtpUtf8: true,
        recipients: mail.deliverTo,
        trace: mail.trace,
        raw: new Uint8Array(mail.raw),
        attempts: 0,
        lastResponse: '',
      });
      const [shipment] = outbox.shipments(all);
      expect(shipment).toMatchObject({
        kind: 'decision',
        mailId: mail.mailId,
        raw: new Uint8Array(mail.raw),
      });
      expect(shipment?.event).toMatchObject({ ...mail.decision, data: mail.decision.data });
      expect(linkOf(shipment!.event.data)).toEqual({ edge: 'mx1', counter: 1, previous: emptyChain.hash });
    });

    it('keeps everything over a restart, and a lease does not outlive it', async () => {
      await outbox.put(testMail(1));
      await outbox.put(testMail(2, { archive: true, deliverTo: [] }));
      await outbox.putCounters(testEvent('ConnectionsRefused', 'minute-1'));
      expect(outbox.dueDeliveries(now, 10)).toHaveLength(1);
      const before = outbox.shipments(all);
      const status = outbox.status();
      await reopen();
      expect(outbox.shipments(all)).toEqual(before);
      expect(before.map(({ kind }) => kind)).toEqual(['decision', 'decision', 'counters']);
      expect(outbox.dueDeliveries(now, 10).map(({ mailId }) => mailId)).toEqual([mailIdOf(1)]);
      expect({ ...outbox.status(), bytes: 0 }).toEqual({ ...status, bytes: 0 });
      expect(status).toMatchObject({ undelivered: 1, unshipped: 3, parked: 0, oldestUnshipped: now });
    });

    it('chains the decisions of each domain without a gap, over restarts and however many are put at once', async () => {
      const other = { domainId: '01930000-0000-7000-8000-0000000000d2' };
      await Promise.all(
        Array.from({ length: 50 }, (_, n) => outbox.put(testMail(n, n % 3 === 0 ? other : {}))),
      );
      await outbox.markShipped(outbox.shipments({ ...all, items: 20 }).map(({ seq }) => seq));
      const taken = outbox.shipments(all).length;
      expect(taken).toBe(30);
      await reopen();
      await Promise.all(Array.from({ length: 50 }, (_, n) => outbox.put(testMail(100 + n))));
      const shipments = outbox.shipments(all);
      expect(shipments.map(({ seq }) => seq)).toEqual(
        shipments.map(({ seq }) => seq).toSorted((a, b) => a - b),
      );
      const events = decisions(shipments.slice(taken));
      const { counter, previous } = linkOf(events[0]!.data)!;
      expect(endOfChain(events, { counter: counter - 1, hash: previous }).counter).toBe(counter + 49);
    });

    it('begins each chain at one', async () => {
      await Promise.all([1, 2, 3].map((n) => outbox.put(testMail(n))));
      await outbox.put(testMail(4, { domainId: '01930000-0000-7000-8000-0000000000d2' }));
      const events = decisions(outbox.shipments(all));
      expect(endOfChain(events.slice(0, 3)).counter).toBe(3);
      expect(endOfChain(events.slice(3)).counter).toBe(1);
    });

    it('links what is not shipped into new chains, with what was parked for its place in the old one', async () => {
      const other = { domainId: '01930000-0000-7000-8000-0000000000d2' };
      for (const n of [1, 2, 3, 4]) await outbox.put(testMail(n, { archive: true, deliverTo: [] }));
      await outbox.put(testMail(5, other));
      const before = outbox.shipments(all);
      const [first, second, third] = before.map(({ seq }) => seq);
      await outbox.markShipped([first!]);
      await outbox.park([
        { seq: second!, reason: 'chain-forked' },
        { seq: third!, reason: 'body-missing' },
      ]);
      await outbox.renewChains(['chain-forked', 'follows-refused']);
      expect(outbox.status()).toMatchObject({ unshipped: 3, parked: 1 });
      await reopen();
      await outbox.put(testMail(6));
      const after = outbox.shipments(all);
      const ids = [2, 4, 5, 6].map(mailIdOf);
      expect(after.map(({ mailId }) => mailId)).toEqual(ids);
      const old = before.filter(({ mailId }) => ids.includes(mailId!));
      expect(after.slice(0, 3).map(({ seq, raw }) => [seq, raw])).toEqual(
        old.map(({ seq, raw }) => [seq, raw]),
      );
      const [two, four, five, six] = decisions(after);
      expect(endOfChain([two!, four!, six!]).counter).toBe(3);
      expect(endOfChain([five!]).counter).toBe(1);
      const names = new Set(decisions(after).map(({ data }) => linkOf(data)!.edge));
      expect([...names]).toEqual([expect.stringMatching(/^mx1\/[0-9a-z]+$/)]);
      await outbox.renewChains([]);
      expect(linkOf(decisions(outbox.shipments(all))[0]!.data)!.edge).not.toBe([...names][0]);
    });

    it('leases a due delivery once, and shows nothing before its time', async () => {
      await outbox.put(testMail(1));
      await outbox.put(testMail(2, { receivedAt: later }));
      expect(outbox.nextDue()).toBe(now);
      expect(outbox.dueDeliveries(now, 10).map(({ mailId }) => mailId)).toEqual([mailIdOf(1)]);
      expect(outbox.dueDeliveries(now, 10)).toEqual([]);
      expect(outbox.nextDue()).toBe(later);
      expect(outbox.dueDeliveries(later, 10).map(({ mailId }) => mailId)).toEqual([mailIdOf(2)]);
      expect(outbox.nextDue()).toBeUndefined();
    });

    it('leases no more than was asked for, the oldest first', async () => {
      const times = ['05', '01', '04', '02', '03'].map((minute) => `2026-11-22T09:${minute}:00.000Z`);
      for (const [n, receivedAt] of times.entries()) await outbox.put(testMail(n, { receivedAt }));
      const taken = [2, 2, 2].map((limit) => outbox.dueDeliveries(now, limit).map(({ mailId }) => mailId));
      expect(taken).toEqual([[mailIdOf(1), mailIdOf(3)], [mailIdOf(4), mailIdOf(2)], [mailIdOf(0)]]);
    });

    it('leaves out the mails of domains that have enough on their way', async () => {
      const other = '01930000-0000-7000-8000-0000000000d2';
      for (const n of [1, 2, 3]) await outbox.put(testMail(n));
      await outbox.put(testMail(4, { domainId: other }));
      const due = outbox.dueDeliveries(now, 10, new Set([testDomainId]));
      expect(due.map(({ domainId }) => domainId)).toEqual([other]);
      expect(outbox.nextDue()).toBe(now);
      expect(outbox.dueDeliveries(now, 10, new Set([other]))).toHaveLength(3);
    });

    it('forgets a delivered mail but for the events to ship', async () => {
      await outbox.put(testMail(1));
      outbox.dueDeliveries(now, 1);
      const event = testEvent('MailDelivered', mailIdOf(1));
      await outbox.recordProgress(progress(1, { delivered: ['to@example.com'], events: [event] }));
      expect(outbox.status()).toMatchObject({ undelivered: 0, unshipped: 2 });
      expect(outbox.shipments(all).map(({ kind, raw }) => [kind, raw])).toEqual([
        ['decision', undefined],
        ['mail', undefined],
      ]);
      expect(outbox.shipments(all)[1]?.event).toEqual(event);
      await reopen();
      expect(outbox.dueDeliveries(later, 1)).toEqual([]);
    });

    it('keeps the raw mail for the archive when delivery is over first, and for delivery when shipping is', async () => {
      await outbox.put(testMail(1, { archive: true }));
      await outbox.put(testMail(2, { archive: true }));
      outbox.dueDeliveries(now, 1);
      await outbox.recordProgress(progress(1, { delivered: ['to@example.com'] }));
      const [first, second] = outbox.shipments(all);
      expect(first?.raw).toEqual(new Uint8Array(testMail(1).raw));
      await outbox.markShipped([first!.seq, second!.seq]);
      expect(outbox.shipments(all)).toEqual([]);
      await reopen();
      expect(outbox.dueDeliveries(now, 1)[0]?.raw).toEqual(new Uint8Array(testMail(2).raw));
    });

    it('tries again at the time and with the recipients that progress named', async () => {
      const deliverTo = ['a@example.com', 'b@example.com', 'c@example.com'];
      await outbox.put(testMail(1, { deliverTo }));
      outbox.dueDeliveries(now, 1);
      const retry = { recipients: ['b@example.com'], at: later, response: '450 busy' };
      await outbox.recordProgress(
        progress(1, { delivered: ['a@example.com'], failed: ['c@example.com'], retry }),
      );
      expect(outbox.dueDeliveries(now, 1)).toEqual([]);
      expect(outbox.nextDue()).toBe(later);
      await reopen();
      expect(outbox.dueDeliveries(later, 1)).toMatchObject([
        { recipients: ['b@example.com'], attempts: 1, lastResponse: '450 busy' },
      ]);
    });

    it('ships the raw mail once with the bounce, though other recipients go on or bounce later', async () => {
      await outbox.put(testMail(1, { deliverTo: ['a@example.com', 'b@example.com'] }));
      outbox.dueDeliveries(now, 1);
      const bounced = testEvent('MailBounced', mailIdOf(1));
      const retry = { recipients: ['b@example.com'], at: later, response: '450' };
      await outbox.recordProgress(progress(1, { failed: ['a@example.com'], retry, events: [bounced] }));
      const shipped = outbox.shipments(all);
      expect(shipped.map(({ raw }) => raw?.length)).toEqual([undefined, testMail(1).raw.length]);
      await outbox.markShipped(shipped.map(({ seq }) => seq));
      expect(outbox.dueDeliveries(later, 1)[0]?.raw).toHaveLength(testMail(1).raw.length);
      const again = { ...bounced, id: testEvent('MailBounced', mailIdOf(2)).id };
      await outbox.recordProgress(progress(1, { failed: ['b@example.com'], events: [again] }));
      expect(outbox.shipments(all).map(({ event, raw }) => [event.id, raw])).toEqual([[again.id, undefined]]);
    });

    it('ships no raw mail with the bounce of a mail that was archived with its decision', async () => {
      await outbox.put(testMail(1, { archive: true }));
      outbox.dueDeliveries(now, 1);
      const events = [testEvent('MailBounced', mailIdOf(1))];
      await outbox.recordProgress(progress(1, { failed: ['to@example.com'], events }));
      expect(outbox.shipments(all).map(({ raw }) => raw !== undefined)).toEqual([true, false]);
    });

    it('refuses progress that would lose a recipient, and stays as it was', async () => {
      await outbox.put(testMail(1, { deliverTo: ['a@example.com', 'b@example.com'] }));
      outbox.dueDeliveries(now, 1);
      const events = [testEvent('MailDelivered', mailIdOf(1))];
      await expect(
        outbox.recordProgress(progress(1, { delivered: ['a@example.com'], events })),
      ).rejects.toThrow(/each recipient/);
      expect(outbox.status()).toMatchObject({ undelivered: 1, unshipped: 1 });
      await expect(outbox.recordProgress(progress(2, {}))).rejects.toThrow(/not leased/);
    });

    it('keeps a delivery leased while its progress cannot be recorded', async () => {
      await outbox.put(testMail(1));
      outbox.dueDeliveries(now, 1);
      await expect(outbox.recordProgress(progress(1, {}))).rejects.toThrow(/each recipient/);
      expect(outbox.dueDeliveries(now, 1)).toEqual([]);
      await outbox.recordProgress(progress(1, { delivered: ['to@example.com'] }));
      expect(outbox.status().undelivered).toBe(0);
    });

    it('keeps shipments within their limits, but always hands out one', async () => {
      for (const n of [1, 2, 3, 4]) {
        await outbox.put(testMail(n, { archive: true, deliverTo: [], raw: Buffer.alloc(1_000, n) }));
      }
      const count = (items: number, maxBytes: number): number => outbox.shipments({ items, maxBytes }).length;
      expect([count(3, 10_000), count(10, 2_999), count(10, 3_000), count(10, 1)]).toEqual([3, 2, 3, 1]);
    });

    it('sets aside what was refused, so that the next ones can go', async () => {
      await outbox.put(testMail(1, { archive: true, deliverTo: [] }));
      await outbox.put(testMail(2));
      const [first] = outbox.shipments(all);
      await outbox.park([
        { seq: first!.seq, reason: 'unknown domain' },
        { seq: 9_999, reason: 'no such item' },
      ]);
      expect(outbox.shipments(all).map(({ mailId }) => mailId)).toEqual([mailIdOf(2)]);
      expect(outbox.status()).toMatchObject({ unshipped: 1, parked: 1 });
      await reopen();
      expect(outbox.status()).toMatchObject({ unshipped: 1, parked: 1 });
    });

    it('gives no number twice, though all that had one is gone', async () => {
      await outbox.put(testMail(1));
      outbox.dueDeliveries(now, 1);
      await outbox.recordProgress(
        progress(1, { delivered: ['to@example.com'], events: [testEvent('MailDelivered', mailIdOf(1))] }),
      );
      const seqs = outbox.shipments(all).map(({ seq }) => seq);
      await outbox.markShipped(seqs);
      await outbox.markShipped(seqs);
      await reopen();
      await outbox.put(testMail(2));
      expect(outbox.shipments(all)[0]!.seq).toBeGreaterThan(Math.max(...seqs));
      expect(linkOf(outbox.shipments(all)[0]!.event.data)?.counter).toBe(2);
    });

    it('tells its listeners once what they are told of can be seen', async () => {
      const seen: number[] = [];
      outbox.onChange(() => seen.push(outbox.shipments(all).length));
      await outbox.put(testMail(1));
      await outbox.putCounters(testEvent('ConnectionsRefused', 'minute-1'));
      expect(seen).toEqual([1, 2]);
    });

    it('keeps empty, binary and big mails byte for byte', async () => {
      const bytes = Buffer.from(Array.from({ length: 256 }, (_, n) => n));
      const big = Buffer.alloc(20 * 1024 * 1024, bytes);
      for (const [n, raw] of [Buffer.alloc(0), bytes, big].entries()) {
        await outbox.put(testMail(n, { raw, archive: true }));
      }
      const raws = outbox.shipments(all).map(({ raw }) => Buffer.from(raw!));
      expect(raws.map((raw) => raw.length)).toEqual([0, 256, big.length]);
      expect(raws[1]!.equals(bytes) && raws[2]!.equals(big)).toBe(true);
      expect(outbox.dueDeliveries(now, 3)[0]?.raw).toHaveLength(0);
    });

    it('leaves the bytes it was given to their owner', async () => {
      const shared = Buffer.alloc(10_000, 'x');
      const raw = shared.subarray(100, 200);
      await outbox.put(testMail(1, { raw, archive: true }));
      expect(shared.toString()).toBe('x'.repeat(10_000));
      expect(outbox.shipments(all)[0]?.raw).toHaveLength(100);
    });

    it('finishes what was put before it closes, and takes nothing afterwards', async () => {
      const puts = Array.from({ length: 30 }, (_, n) => outbox.put(testMail(n)));
      await outbox.close();
      await Promise.all(puts);
      await expect(outbox.put(testMail(31))).rejects.toThrow(/closed/);
      outbox = place.open();
      expect(outbox.status().undelivered).toBe(30);
      expect(outbox.shipments(all).every(({ event }) => event.metadata.domainId === testDomainId)).toBe(true);
    });
  });
}
