/** The use case of an import: each mail once, never more under way than there is room for, and an end to what cannot go on. */
import { describe, expect, it } from 'vitest';
import type { Shipment } from '../ports/outbox.ts';
import type { FoundFile } from '../ports/mail-files.ts';
import { createHandOver } from './hand-over.ts';
import { createImport, type DecidableMail, ImportRefused } from './import-mails.ts';

const never = new AbortController().signal;

const mail = (number: number, size = 10): FoundFile => ({
  kind: 'mail',
  name: `${number}.eml`,
  raw: Buffer.alloc(size, `${number} `),
  modifiedAt: 0,
});

async function* files(...all: readonly FoundFile[]): AsyncGenerator<FoundFile> {
  yield* all;
}

/** An outbox and an intake in memory; what is put is handed in when `ship` is called, or at once. */
function setUp(
  { automatic = true, limit }: { readonly automatic?: boolean; readonly limit?: number } = {},
  decide: (mail: DecidableMail) => Promise<'hold' | 'reject'> = async () => 'hold',
) {
  const noted = new Set<string>();
  const waiting: Shipment[] = [];
  let seq = 0;
  const handedIn = {
    has: (id: string) => noted.has(id),
    add: (ids: readonly string[]) => ids.forEach((id) => noted.add(id)),
    close: () => undefined,
  };
  const handOver = createHandOver(
    {
      shipments: () => [...waiting],
      markShipped: async (seqs) => void waiting.splice(0, seqs.length),
      park: async (refused) => void waiting.splice(0, refused.length),
      renewChains: async () => undefined,
      onChange: () => undefined,
    },
    handedIn,
  );
  const ship = () => handOver.outbox.markShipped(handOver.outbox.shipments(all).map((one) => one.seq));
  const park = () =>
    handOver.outbox.park(
      handOver.outbox.shipments(all).map((one) => ({ seq: one.seq, reason: 'chain-forked' })),
    );
  const work = createImport(
    {
      handedIn,
      handOver,
      async decide(one) {
        const verdict = await decide(one);
        waiting.push({
          seq: (seq += 1),
          kind: 'decision',
          mailId: one.mailId,
          event: {} as never,
          raw: one.raw,
        });
        if (automatic) setImmediate(() => void ship());
        return verdict;
      },
    },
    { domainId: 'd', ...(limit === undefined ? {} : { limit }) },
  );
  return { work, ship, park, noted, waiting };
}

const all = { items: 1_000, maxBytes: 1_000_000 };
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('an import', () => {
  it('counts what it finds, and ends when the intake has all of it', async () => {
    const { work, noted } = setUp({}, async ({ raw }) => (raw[0] === 0x33 ? 'reject' : 'hold'));
    await work.run(
      files(
        mail(1),
        mail(2),
        mail(3),
        mail(1),
        { kind: 'other', name: 'x' },
        { kind: 'bad', name: 'y', why: 'z' },
      ),
      never,
    );
    expect(work.progress).toEqual({
      found: 4,
      held: 2,
      refused: 1,
      bytes: 30,
      handedIn: 3,
      known: 1,
      other: 1,
      bad: 1,
      badFiles: [{ name: 'y', why: 'z' }],
    });
    expect(noted.size).toBe(3);
  });

  it('does not decide again on what was handed in before', async () => {
    const { work, noted } = setUp();
    await work.run(files(mail(1)), never);
    await work.run(files(mail(1), mail(2)), never);
    expect(work.progress).toMatchObject({ found: 3, known: 1, held: 2 });
    expect(noted.size).toBe(2);
  });

  it('stops reading after so many new mails', async () => {
    const { work } = setUp({ limit: 2 });
    await work.run(files(mail(1), mail(1), mail(2), mail(3)), never);
    expect(work.progress).toMatchObject({ found: 3, held: 2, known: 1 });
  });

  it('has no more under way than there is room for', async () => {
    const { work, ship, waiting } = setUp({ automatic: false });
    const many = Array.from({ length: 2_500 }, (_, number) => mail(number, 10));
    const done = work.run(files(...many), never);
    while (waiting.length < 2_000) await turn();
    for (let turns = 0; turns < 50; turns += 1) await turn();
    expect(waiting.length).toBe(2_000);
    await ship();
    while (waiting.length < 500) await turn();
    await ship();
    await done;
    expect(work.progress).toMatchObject({ held: 2_500, handedIn: 2_500 });
  });

  it('lets a mail that is larger than the room through alone', async () => {
    const { work } = setUp();
    await work.run(files(mail(1), mail(2, 20 * 1024 * 1024), mail(3)), never);
    expect(work.progress).toMatchObject({ held: 3, handedIn: 3 });
  });

  it('goes on past a mail that cannot be kept, and may take it the next time', async () => {
    let isBroken = true;
    const { work } = setUp({}, async ({ raw }) => {
      if (raw[0] === 0x32 && isBroken) throw new Error('no disk');
      return 'hold';
    });
    await work.run(files(mail(1), mail(2), mail(3)), never);
    expect(work.progress).toMatchObject({ held: 2, bad: 1 });
    isBroken = false;
    await work.run(files(mail(2)), never);
    expect(work.progress).toMatchObject({ held: 3, handedIn: 3 });
  });

  it('ends where nothing can be kept any more', async () => {
    const { work } = setUp({}, () => Promise.reject(new Error('no disk')));
    const many = Array.from({ length: 1_000 }, (_, number) => mail(number));
    await expect(work.run(files(...many), never)).rejects.toThrow('no disk');
    expect(work.progress.found).toBeLessThan(100);
  });

  it('ends where the intake refuses a decision, since none can follow it', async () => {
    const { work, park, waiting } = setUp({ automatic: false });
    const done = expect(work.run(files(mail(1)), never)).rejects.toThrow(ImportRefused);
    while (waiting.length === 0) await turn();
    await park();
    await done;
  });

  it('stops when it is told to, with what was begun on disk', async () => {
    const { work, waiting } = setUp({ automatic: false });
    const stop = new AbortController();
    async function* endless() {
      for (let number = 0; ; number += 1) {
        if (number === 100) stop.abort();
        yield mail(number);
      }
    }
    await work.run(endless(), stop.signal);
    expect(waiting.length).toBe(100);
  });
});
