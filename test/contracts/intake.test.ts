/** The intake on real stores: everything that an edge hands in is in the log once, in the order of its chain, or not yet. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Batch, BatchItem } from '@sluice/core/handover/batch.ts';
import type { TakeBatch } from '@sluice/core/intake/take-batch.ts';
import { followChain, linkOf, emptyChain, type ChainHead } from '@sluice/core/kernel/chain.ts';
import type { RecordedEvent } from '@sluice/core/kernel/event.ts';
import { readMail } from '@sluice/core/archive/read-pack.ts';
import { type Centre, createEdge, makeDomain, must, startCentre, type TestDomain } from './intake.harness.ts';
import { directIntake } from './projections.harness.ts';
import { usePostgres } from './support/postgres.ts';

const server = usePostgres();
let centre: Centre;
let take: TakeBatch;
let number = 0;

beforeAll(async () => {
  centre = await startCentre(server.url);
  take = directIntake(centre);
});
afterAll(() => centre?.close());

const freshDomain = (): Promise<TestDomain> => makeDomain(centre, `d${(number += 1)}.example`);
const freshEdge = (): string => `mx${(number += 1)}`;

async function decisionsOf({ domainId }: TestDomain): Promise<RecordedEvent[]> {
  return Array.fromAsync(centre.store.readStream(`decisions-${domainId}`));
}

/** Throws unless the chain of every edge is whole. */
async function expectWholeChains(domain: TestDomain): Promise<readonly string[]> {
  const heads = new Map<string, ChainHead>();
  const events = await decisionsOf(domain);
  for (const event of events) {
    const link = linkOf(event.data)!;
    const next = followChain(heads.get(link.edge) ?? emptyChain, link, event);
    expect(next).not.toHaveProperty('code');
    heads.set(link.edge, next as ChainHead);
  }
  return events.map(({ id }) => id);
}

const seqs = (items: readonly BatchItem[]): number[] => items.map(({ seq }) => seq);

describe('taking a batch', () => {
  it('takes the same batch twice and keeps it once', async () => {
    const [domain, name] = [await freshDomain(), freshEdge()];
    const edge = createEdge(centre, name);
    const items = [await edge.decide(domain), await edge.decide(domain), await edge.decide(domain)];
    const batch: Batch = { edge: name, items };
    const first = await take(batch);
    expect(first).toEqual({ taken: seqs(items), refused: [] });
    expect(await take(batch)).toEqual(first);
    // Another intake, which remembers nothing.
    expect(await directIntake(centre)(batch)).toEqual(first);
    expect(await expectWholeChains(domain)).toEqual(items.map(({ event }) => event.id));
  });

  it('keeps each body, and says in the event where it lies', async () => {
    const [domain, name] = [await freshDomain(), freshEdge()];
    const item = await createEdge(centre, name).decide(domain, { text: 'as it came' });
    await take({ edge: name, items: [item] });
    const [event] = await decisionsOf(domain);
    const body = event!.metadata.intake!.body!;
    const raw = must(await readMail(centre.packs, body));
    expect(Buffer.from(raw)).toEqual(Buffer.from(item.body!));
    expect(event!.metadata).toMatchObject({
      accountId: domain.accountId,
      domainId: domain.domainId,
      edge: name,
    });
  });

  it('goes on where only half of a batch was taken', async () => {
    const [domain, name] = [await freshDomain(), freshEdge()];
    const edge = createEdge(centre, name);
    const items = await Promise.all([edge.decide(domain), edge.decide(domain)]);
    const ordered = items.toSorted((a, b) => a.seq - b.seq);
    await take({ edge: name, items: ordered.slice(0, 1) });
    expect(await take({ edge: name, items: ordered })).toEqual({ taken: seqs(ordered), refused: [] });
    expect(await expectWholeChains(domain)).toHaveLength(2);
  });

  it('refuses what comes without its predecessor, and takes it with it', async () => {
    const [domain, name] = [await freshDomain(), freshEdge()];
    const edge = createEdge(centre, name);
    const items = [await edge.decide(domain), await edge.decide(domain), await edge.decide(domain)];
    const answer = await take({ edge: name, items: items.slice(1) });
    expect(answer.refused.map(({ reason }) => reason)).toEqual(['chain-gap', 'chain-gap']);
    expect((await take({ edge: name, items })).taken).toEqual(seqs(items));
    expect(await expectWholeChains(domain)).toHaveLength(3);
  });

  it('keeps apart several edges and intakes that write to one domain at the same time', async () => {
    const domain = await freshDomain();
    const intakes = [directIntake(centre), directIntake(centre), directIntake(centre)];
    const perEdge = 40;
    const ids = await Promise.all(
      Array.from({ length: 4 }, async (_, which) => {
        const name = freshEdge();
        const edge = createEdge(centre, name);
        const mine: string[] = [];
        for (let round = 0; round < perEdge / 5; round += 1) {
          const items: BatchItem[] = [];
          for (let one = 0; one < 5; one += 1) items.push(await edge.decide(domain));
          mine.push(...items.map(({ event }) => event.id));
          // Two intakes get the same batch at the same time, as after a lost answer.
          const answers = await Promise.all(
            [which, which + 1].map((at) => intakes[at % 3]!({ edge: name, items })),
          );
          const taken = new Set(answers.flatMap((answer) => answer.taken));
          expect([...taken].toSorted((a, b) => a - b)).toEqual(seqs(items));
        }
        return mine;
      }),
    );
    const stored = await expectWholeChains(domain);
    expect(stored.toSorted()).toEqual(ids.flat().toSorted());
  });

  it('takes many decisions of one domain in few appends', async () => {
    const [domain, name] = [await freshDomain(), freshEdge()];
    const edge = createEdge(centre, name);
    const items: BatchItem[] = [];
    for (let one = 0; one < 1_200; one += 1)
      items.push(await edge.decide(domain, { verdict: 'accept', reason: 'clean' }));
    expect((await take({ edge: name, items })).taken).toHaveLength(1_200);
    // Again, after a restart: what is there already is found in one reading of the stream.
    const began = performance.now();
    expect((await directIntake(centre)({ edge: name, items })).taken).toHaveLength(1_200);
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(await expectWholeChains(domain)).toHaveLength(1_200);
  });

  it('counts what was turned away once, in the stream of the edge and the day', async () => {
    const name = freshEdge();
    const counters = createEdge(centre, name).counters('2026-11-22T10:00:00.000Z', [
      { reason: 'relay-denied', code: 550, count: 3 },
    ]);
    const batch = { edge: name, items: [counters] };
    expect(await take(batch)).toEqual({ taken: [counters.seq], refused: [] });
    expect(await take(batch)).toEqual({ taken: [counters.seq], refused: [] });
    expect(await Array.fromAsync(centre.store.readStream(`edge-${name}-2026-11-22`))).toHaveLength(1);
  });
});

describe('refusing for good', () => {
  const altered = (item: BatchItem, change: (data: Record<string, unknown>) => void): BatchItem => {
    const data = structuredClone(item.event.data) as Record<string, unknown>;
    change(data);
    return { ...item, event: { ...item.event, data: data as BatchItem['event']['data'] } };
  };
  async function refusalOf(
    make: (item: BatchItem, domain: TestDomain) => BatchItem,
  ): Promise<string | undefined> {
    const [domain, name] = [await freshDomain(), freshEdge()];
    const answer = await take({
      edge: name,
      items: [make(await createEdge(centre, name).decide(domain), domain)],
    });
    expect(answer.taken).toEqual([]);
    expect(await decisionsOf(domain)).toEqual([]);
    return answer.refused[0]?.reason;
  }

  it.each<[string, (item: BatchItem) => BatchItem]>([
    ['bad-event', (item) => ({ ...item, event: { ...item.event, type: 'DomainRemoved' } })],
    ['bad-event', (item) => altered(item, (data) => (data['verdict'] = 'perhaps'))],
    [
      'bad-event',
      (item) => altered(item, (data) => (data['mailId'] = '01930000-0000-7000-8000-000000000000')),
    ],
    [
      'wrong-edge',
      (item) => altered(item, (data) => ((data['chain'] as { edge: string }).edge = 'mx-other')),
    ],
    [
      'wrong-key',
      (item) => altered(item, (data) => ((data['sealed'] as { keyId: string }).keyId = 'domain-x')),
    ],
    [
      'chain-broken',
      (item) => altered(item, (data) => ((data['chain'] as { previous: string }).previous = 'f'.repeat(64))),
    ],
    ['body-mismatch', (item) => ({ ...item, body: Buffer.from('another mail') })],
    ['body-missing', ({ body: _, ...item }) => item],
  ])('%s', async (reason, make) => {
    expect(await refusalOf(make)).toBe(reason);
  });

  it('a domain that does not exist', async () => {
    const domainId = '01930000-0000-7000-8000-00000000dead';
    const nowhere = (item: BatchItem): BatchItem => ({
      ...altered(item, (data) => ((data['sealed'] as { keyId: string }).keyId = `domain-${domainId}`)),
      event: {
        ...altered(item, (data) => ((data['sealed'] as { keyId: string }).keyId = `domain-${domainId}`))
          .event,
        metadata: { ...item.event.metadata, domainId },
      },
    });
    expect(await refusalOf(nowhere)).toBe('unknown-domain');
  });

  it('another decision under a counter that is taken', async () => {
    const [domain, name] = [await freshDomain(), freshEdge()];
    const [edge, twin] = [createEdge(centre, name), createEdge(centre, name)];
    const items = [await edge.decide(domain), await edge.decide(domain)];
    const forged = [await twin.decide(domain), await twin.decide(domain)];
    await take({ edge: name, items });
    const answer = await directIntake(centre)({ edge: name, items: forged });
    expect(answer.refused.map(({ reason }) => reason)).toEqual(['chain-forked', 'chain-forked']);
  });

  it('a chain of an edge whose name only begins alike', async () => {
    const [domain, name] = [await freshDomain(), freshEdge()];
    const items = [await createEdge(centre, `${name}0`).decide(domain)];
    const asOwn = items.map((item) => {
      const { metadata } = item.event;
      const own = { ...metadata, actor: { ...metadata.actor, id: name }, edge: name };
      return { ...item, event: { ...item.event, metadata: own } };
    });
    expect((await take({ edge: name, items: asOwn })).refused[0]?.reason).toBe('wrong-edge');
  });

  it('everything that follows a refused decision, also in later batches, until it is sent whole', async () => {
    const [domain, name] = [await freshDomain(), freshEdge()];
    const edge = createEdge(centre, name);
    const items = [];
    for (let one = 0; one < 4; one += 1) items.push(await edge.decide(domain));
    const [first, bad, third, fourth] = items;
    const delivered = await edge.report(domain, third!.mailId, {
      type: 'MailDelivered',
      recipients: ['x@y.example'],
    });
    const { body: _, ...bodiless } = bad!;
    const answer = await take({ edge: name, items: [first!, bodiless, third!, delivered] });
    expect(answer.taken).toEqual([first!.seq]);
    expect(answer.refused.map(({ reason }) => reason)).toEqual([
      'body-missing',
      'follows-refused',
      'follows-refused',
    ]);
    expect((await take({ edge: name, items: [fourth!] })).refused[0]?.reason).toBe('follows-refused');
    const again = [bad!, third!, fourth!, delivered];
    expect((await take({ edge: name, items: again })).taken).toEqual(seqs(again));
    expect(await expectWholeChains(domain)).toHaveLength(4);
  });

  it('an event about a mail of another domain', async () => {
    const [domain, other, name] = [await freshDomain(), await freshDomain(), freshEdge()];
    const edge = createEdge(centre, name);
    const item = await edge.decide(domain, { verdict: 'accept', reason: 'clean' });
    const delivered = await edge.report(domain, item.mailId, {
      type: 'MailDelivered',
      recipients: ['x@y.example'],
    });
    await take({ edge: name, items: [item, delivered] });
    const lie = await edge.report(other, item.mailId, { type: 'MailBounced', recipients: ['x@y.example'] });
    expect((await take({ edge: name, items: [lie] })).refused[0]?.reason).toBe('foreign-mail');
  });
});
