/** Incident undo on real stores: what is reviewed is what is released, once, at its rate, whatever the queue loses. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkBits, type MailJudgedData } from '@sluice/core/decision/mail-judged.ts';
import { domainStream } from '@sluice/core/domain/domain.ts';
import { operatorScope } from '@sluice/core/kernel/tenant-scope.ts';
import { mailStream } from '@sluice/core/mail/mail.ts';
import { turnOf, undoJobId } from '@sluice/core/use-cases/carry-out-undo.ts';
import { createCommandContext } from '@sluice/core/use-cases/context.ts';
import { changeDomain } from '@sluice/core/use-cases/domains.ts';
import type { ReplayWatch } from '@sluice/core/use-cases/replay.ts';
import { orderUndo, reviewUndo, type UndoReview } from '@sluice/core/use-cases/undo.ts';
import { whatIf } from '@sluice/core/use-cases/what-if.ts';
import { precisionOf, undoOrdersOf, type UndoOrderView, waitFor } from '@sluice/postgres';
import { type SmtpSink, startSmtpSink } from '../support/smtp-sink.ts';
import { must, type TestDomain, type TestMail } from './intake.harness.ts';
import { eventually } from './support/eventually.ts';
import { usePostgres } from './support/postgres.ts';
import { type KeptMail, type Releases, startReleases } from './workers.harness.ts';

const server = usePostgres();
let releases: Releases;
let sink: SmtpSink;

beforeAll(async () => {
  releases = await startReleases({ postgresUrl: await server.createDatabase() });
  sink = await startSmtpSink();
});
afterAll(async () => {
  await releases?.close();
  await sink?.close();
});

const watch = (): ReplayWatch => ({
  signal: new AbortController().signal,
  progress: () => undefined,
  breathe: async () => undefined,
});

const facts: MailJudgedData['facts'] = {
  spf: { status: 'observed', fact: { result: 'fail', domain: 'sender.example', identity: 'mailfrom' } },
};

/** As the edge judges it while the domain refuses what fails SPF. */
const refusedBySpf = (revision: number): TestMail => ({
  verdict: 'reject',
  reason: 'spf-fail',
  facts,
  ran: checkBits(['spf']),
  policyRevision: revision,
});

/** A domain that refuses what fails SPF, with so many mails that it has refused. */
async function incident(count: number): Promise<{ domain: TestDomain; mails: readonly KeptMail[] }> {
  const domain = await releases.makeDomain(sink);
  const change = { type: 'ConfigureCheck', data: { check: 'spf', mode: 'reject' } } as const;
  const { revision } = must(await changeDomain(releases.centre.context, domain, change));
  const mails = [];
  for (let index = 0; index < count; index += 1)
    mails.push(await releases.keep(domain, refusedBySpf(revision)));
  return { domain, mails };
}

const hour = 3_600_000;
const time = {
  since: new Date(Date.now() - hour).toISOString(),
  until: new Date(Date.now() + hour).toISOString(),
};
const wrong = { kind: 'check', check: 'spf' } as const;

const review = async ({ domainId }: TestDomain): Promise<UndoReview> =>
  must(
    await reviewUndo(releases.centre.context, { domainId, incident: wrong, ...time, samples: 5 }, watch()),
  );

const order = (
  domain: TestDomain,
  mails: UndoReview['mails'],
  rate = 6_000,
  undoId: string = crypto.randomUUID(),
) => orderUndo(releases.centre.context, domain, { undoId, incident: wrong, ...time, mails, rate });

const shown = async (undoId: string): Promise<UndoOrderView | undefined> =>
  (await undoOrdersOf(operatorScope(), releases.centre.postgres.db, { undoId }))[0];

const untilDelivered = (undoId: string, count: number) =>
  eventually(`${count} delivered by the order`, async () => (await shown(undoId))?.delivered === count);

describe('an order that undoes an incident', () => {
  it('releases what the review found, each once, by one event that names it', async () => {
    await using _workers = await releases.work();
    const { domain, mails } = await incident(3);
    const before = sink.mails.length;
    const reviewed = await review(domain);
    expect(reviewed.mails.map(({ mailId }) => mailId)).toEqual(mails.map(({ mailId }) => mailId));
    expect(reviewed.report.toAccepted).toMatchObject({ mails: 3, reasons: [{ name: 'spf-fail', count: 3 }] });
    const kept = reviewed.mails.slice(1);
    const { id } = must(await order(domain, kept));
    await untilDelivered(id, 2);
    await eventually('its end', async () => (await shown(id))?.finishedAt !== undefined);
    expect(sink.mails).toHaveLength(before + 2);
    expect(await releases.types(mails[0]!)).toEqual([]);
    const events = await Array.fromAsync(releases.centre.store.readStream(mailStream(mails[1]!.mailId)));
    expect(events.map(({ type }) => type)).toEqual(['MailReleased', 'MailDelivered']);
    expect(events[0]!.metadata).toMatchObject({ causationId: id, actor: { kind: 'operator' } });
    const acts = await Array.fromAsync(releases.centre.store.readStream(domainStream(domain.domainId)));
    expect(acts.filter(({ type }) => type === 'IncidentUndone')).toMatchObject([
      { data: { undoId: id, mails: 2, rate: 6_000 }, metadata: { actor: { kind: 'operator' } } },
    ]);
  });

  it('is one order however often it is given, and another one releases nothing twice', async () => {
    await using _workers = await releases.work();
    const { domain } = await incident(2);
    const { mails } = await review(domain);
    const before = sink.mails.length;
    const first = must(await order(domain, mails));
    expect(must(await order(domain, mails, 6_000, first.id))).toEqual(first);
    await untilDelivered(first.id, 2);
    const second = must(await order(domain, mails));
    await eventually('its end', async () => (await shown(second.id))?.finishedAt !== undefined);
    expect(await shown(second.id)).toMatchObject({ released: 0, already: 2, waiting: 0 });
    expect(sink.mails).toHaveLength(before + 2);
  });

  it('keeps to its rate: one after the other, each with its pause', async () => {
    await using _workers = await releases.work();
    const { domain } = await incident(4);
    const { mails } = await review(domain);
    const begun = performance.now();
    const { id } = must(await order(domain, mails, 120));
    await untilDelivered(id, 4);
    // 120 a minute: two at a time, a second apart.
    expect(performance.now() - begun).toBeGreaterThan(turnOf(120).pauseMs);
    expect(turnOf(120)).toEqual({ releases: 2, pauseMs: 1_000 });
  });

  it('goes on when a worker starts, though the queue has lost it', async () => {
    const workers = await releases.work();
    const { domain, mails } = await incident(2);
    const before = sink.mails.length;
    const { id } = must(await order(domain, (await review(domain)).mails, 1));
    await eventually('the first release', async () => (await shown(id))?.delivered === 1);
    await workers[Symbol.asyncDispose]();
    expect(await releases.queues.remove('undo', undoJobId(id, 1))).toBe(true);
    await using _again = await releases.work();
    await untilDelivered(id, 2);
    expect(sink.mails).toHaveLength(before + 2);
    for (const mail of mails) expect(await releases.types(mail)).toEqual(['MailReleased', 'MailDelivered']);
  });

  it('for nothing is refused, and so is another one under its id', async () => {
    const { domain } = await incident(2);
    const { mails } = await review(domain);
    expect(await order(domain, [])).toMatchObject({ error: { code: 'bad-undo' } });
    const { id } = must(await order(domain, mails));
    expect(await order(domain, mails.slice(1), 60, id)).toMatchObject({ error: { code: 'conflict' } });
  });
});

describe('mails with a virus', () => {
  const fact = { status: 'infected', signature: 'Eicar-Test-Signature', engine: 'ClamAV 1.4.3/27500' };
  const bits = checkBits(['virus']);

  it('stay where they are, and are counted, where who asks may not release them', async () => {
    await using _workers = await releases.work();
    const domain = await releases.makeDomain(sink);
    const { ports } = releases.centre.context;
    const member = createCommandContext(ports, { kind: 'user', id: crypto.randomUUID() });
    const change = { type: 'ConfigureCheck', data: { check: 'virus', mode: 'reject' } } as const;
    const policyRevision = must(await changeDomain(releases.centre.context, domain, change)).revision;
    const facts = { virus: { status: 'observed' as const, fact } };
    const infected = { verdict: 'reject', reason: 'virus-found', facts, ran: bits, failed: bits } as const;
    const mail = await releases.keep(domain, { ...infected, policyRevision });
    const asked = {
      domainId: domain.domainId,
      incident: { kind: 'check', check: 'virus' } as const,
      ...time,
      samples: 0,
    };
    expect(must(await reviewUndo(member, asked, watch()))).toMatchObject({ mails: [], withheld: 1 });
    const { mails, withheld } = must(await reviewUndo(releases.centre.context, asked, watch()));
    expect([mails.length, withheld]).toEqual([1, 0]);
    const undoId = crypto.randomUUID();
    must(await orderUndo(member, domain, { ...asked, undoId, mails, rate: 6_000 }));
    await eventually('its end', async () => (await shown(undoId))?.finishedAt !== undefined);
    expect(await shown(undoId)).toMatchObject({ released: 0, withheld: 1, gone: 0, waiting: 0 });
    expect(await releases.types(mail)).toEqual([]);
  });
});

describe('advice', () => {
  it('counts what was released among what a check refused', async () => {
    const { domain, mails } = await incident(4);
    must(await releases.release(mails[0]!));
    const again = must(await releases.release(mails[1]!));
    const { db } = releases.centre.postgres;
    await waitFor(db, 'precision', again.position ?? '0', 10_000);
    const figures = await precisionOf(operatorScope(), db, { domainId: domain.domainId, since: time.since });
    expect(figures).toMatchObject([
      { check: 'spf', source: '', decided: 4, decidedReleased: 2, counted: 0 },
      { check: 'spf', source: 'fail', decided: 4, decidedReleased: 2 },
    ]);
  });
});

describe('a what-if', () => {
  it('goes over the recorded mail of the domain, and changes nothing', async () => {
    const { domain } = await incident(3);
    const last = async () =>
      Array.fromAsync(releases.centre.store.readAll({ direction: 'backwards', limit: 1 }));
    const before = await last();
    const seen: number[] = [];
    const request = {
      domainId: domain.domainId,
      proposal: { checks: [{ check: 'spf', mode: 'score' as const }] },
      since: time.since,
      against: 'now' as const,
      samples: 2,
    };
    const { context } = releases.centre;
    const report = must(
      await whatIf(context, request, { ...watch(), progress: ({ read }) => seen.push(read) }),
    );
    expect(report).toMatchObject({ decisions: 3, changes: ['Set check spf to score'] });
    expect(report.toAccepted).toMatchObject({ mails: 3, checks: [{ name: 'spf', count: 3 }] });
    expect(report.toAccepted.samples).toHaveLength(2);
    expect(seen.at(-1)).toBe(3);
    expect(await last()).toEqual(before);
  });

  it('ends when it is cancelled', async () => {
    const { domain } = await incident(1);
    const stopped = { ...watch(), signal: AbortSignal.abort() };
    const request = { domainId: domain.domainId, proposal: {}, since: time.since, samples: 0 };
    const answer = await whatIf(releases.centre.context, { ...request, against: 'then' }, stopped);
    expect(answer).toMatchObject({ error: { code: 'cancelled' } });
  });
});
