/** An edge and a log that disagree about what was decided before: every mail comes into the log once, and all chains are whole. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ship } from '@sluice/core/edge/ship.ts';
import { emptyChain, followChain, linkOf, type ChainHead } from '@sluice/core/kernel/chain.ts';
import type { Outbox } from '@sluice/core/ports/outbox.ts';
import { createPause, openOutbox } from '@sluice/sqlite-edge';
import { type Centre, createEdge, makeDomain, startCentre, type TestDomain } from './intake.harness.ts';
import { startTestIntake, type TestIntake } from './intake.http.harness.ts';
import { eventually } from './support/eventually.ts';
import { usePostgres } from './support/postgres.ts';

const server = usePostgres();
let centre: Centre;
let intake: TestIntake;
let folder: string;
let number = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sluice-chains-'));
  centre = await startCentre(server.url);
  intake = await startTestIntake(centre);
});
afterAll(async () => {
  await intake?.close();
  await centre?.close();
  await rm(folder, { recursive: true, force: true });
});

const freshDomain = (): Promise<TestDomain> => makeDomain(centre, `c${(number += 1)}.example`);
const open = (edge: string, file = edge): Outbox => openOutbox({ file: join(folder, `${file}.db`), edge });

/** Decides a refused mail and puts it; returns its id. */
async function decide(outbox: Outbox, edge: string, domain: TestDomain): Promise<string> {
  const { mailId, event, body } = await createEdge(centre, edge).decide(domain);
  await outbox.put({
    mailId: mailId!,
    domainId: domain.domainId,
    receivedAt: event.metadata.at,
    sender: 'from@example.org',
    smtpUtf8: false,
    decision: event,
    raw: body!,
    trace: '',
    deliverTo: [],
    archive: true,
  });
  return mailId!;
}

/** Ships until nothing is left. */
async function shipAll(outbox: Outbox, edge: string): Promise<void> {
  const stop = new AbortController();
  const shipping = ship({ outbox, intake: intake.clientOf(edge), pause: createPause() }, stop.signal);
  await eventually('all is shipped', async () => outbox.status().unshipped === 0);
  stop.abort();
  await shipping;
  expect(outbox.status()).toMatchObject({ unshipped: 0, parked: 0 });
}

/** Mail ids in the order of the log. Throws unless every chain in it is whole. */
async function decided({ domainId }: TestDomain): Promise<readonly unknown[]> {
  const heads = new Map<string, ChainHead>();
  const mailIds: unknown[] = [];
  for await (const event of centre.store.readStream(`decisions-${domainId}`)) {
    const link = linkOf(event.data)!;
    const next = followChain(heads.get(link.edge) ?? emptyChain, link, event);
    expect(next).not.toHaveProperty('code');
    heads.set(link.edge, next as ChainHead);
    mailIds.push(event.data['mailId']);
  }
  return mailIds;
}

it('takes everything from an edge whose files were lost, under its old name', async () => {
  const [domain, other] = [await freshDomain(), await freshDomain()];
  const mails: string[] = [];
  for (const file of ['lost', 'lost-again', 'found']) {
    const outbox = open('mx1', file);
    for (let one = 0; one < 3; one += 1) mails.push(await decide(outbox, 'mx1', domain));
    if (file === 'found') await decide(outbox, 'mx1', other);
    await shipAll(outbox, 'mx1');
    mails.push(await decide(outbox, 'mx1', domain));
    await shipAll(outbox, 'mx1');
    await outbox.close();
  }
  expect(await decided(domain)).toEqual(mails);
  expect(await decided(other)).toHaveLength(1);
});

it('takes everything from an edge that is ahead of a log which was brought back older', async () => {
  const domain = await freshDomain();
  const outbox = open('mx2');
  const before = await decide(outbox, 'mx2', domain);
  await shipAll(outbox, 'mx2');
  await decide(outbox, 'mx2', domain);
  // What the log had taken, and has no longer.
  await outbox.markShipped(outbox.shipments({ items: 10, maxBytes: 1e6 }).map(({ seq }) => seq));
  const after = [await decide(outbox, 'mx2', domain), await decide(outbox, 'mx2', domain)];
  await shipAll(outbox, 'mx2');
  expect(await decided(domain)).toEqual([before, ...after]);
  await outbox.close();
});

it('takes everything from two edges of one name', async () => {
  const domain = await freshDomain();
  const twins = [open('mx3', 'one'), open('mx3', 'other')];
  const mails: string[] = [];
  for (let round = 0; round < 3; round += 1) {
    for (const outbox of twins) mails.push(await decide(outbox, 'mx3', domain));
    await Promise.all(twins.map((outbox) => shipAll(outbox, 'mx3')));
  }
  expect(new Set(await decided(domain))).toEqual(new Set(mails));
  expect(await decided(domain)).toHaveLength(mails.length);
  await Promise.all(twins.map((outbox) => outbox.close()));
});
