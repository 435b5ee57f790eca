/** Verifying recorded decisions where they are: each is judged again, and what was altered, lost or erased is told apart. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyDecisions, type VerifyRequest } from '@sluice/core/use-cases/audit.ts';
import type { NewEvent } from '@sluice/core/kernel/event.ts';
import { type Audited, startAudited } from './decisions.harness.ts';
import { must } from './intake.harness.ts';
import { usePostgres } from './support/postgres.ts';

describe('verifying decisions', () => {
  const postgres = usePostgres();
  let audited: Audited;
  beforeAll(async () => {
    audited = await startAudited(postgres.url);
  });
  afterAll(() => audited.close());

  const verify = async (request: VerifyRequest) => must(await verifyDecisions(audited, request));

  /** A domain whose edge handed in what `change` makes of its decisions. */
  const recorded = async (change: (events: NewEvent[]) => readonly NewEvent[], count = 10) => {
    const { domainId, edge } = await audited.domain();
    const recorder = edge('mx1');
    await recorder.record(change([...(await recorder.decide(count))]));
    return domainId;
  };

  it('finds every decision of every edge the same again, part by part', async () => {
    const { domainId, edge } = await audited.domain();
    const [one, other] = [edge('mx1'), edge('mx2')];
    for (const recorder of [one, other, one]) await recorder.record(await recorder.decide(40));
    const parts = [await verify({ domainId, limit: 50 })];
    while (parts.at(-1)?.next !== undefined) {
      parts.push(await verify({ domainId, limit: 50, cursor: parts.at(-1)?.next ?? '' }));
    }
    expect(parts.map(({ done, total }) => [done, total])).toEqual([
      [50, 120],
      [100, 120],
      [120, 120],
    ]);
    expect(parts.map(({ counts }) => counts.same)).toEqual([50, 50, 20]);
    expect(parts.flatMap(({ notes, problems }) => [...notes, ...problems])).toEqual([]);
  });

  it('says which finding and which verdict are others where the recorded verdict was altered, and that the chain is broken', async () => {
    const domainId = await recorded((events) => {
      const { data } = events[3] ?? {};
      return events.with(3, { ...events[3], data: { ...data, verdict: 'reject', failed: '10' } } as NewEvent);
    });
    const { counts, notes, problems } = await verify({ domainId });
    expect(counts).toMatchObject({ same: 9, differs: 1 });
    expect(notes[0]).toMatchObject({
      revision: 3,
      result: 'differs',
      difference: { recorded: { verdict: 'reject' }, again: { verdict: 'accept' } },
    });
    expect(problems).toEqual([{ code: 'altered', edge: 'mx1', counter: 4 }]);
  });

  it('tells a sealed part that was altered', async () => {
    const domainId = await recorded((events) => {
      const sealed = { ...events[2]?.data.sealed, data: events[1]?.data.sealed?.data };
      return events.with(2, { ...events[2], data: { ...events[2]?.data, sealed } } as NewEvent);
    });
    const { counts, problems } = await verify({ domainId });
    expect(counts).toMatchObject({ same: 9, altered: 1 });
    expect(problems).toEqual([{ code: 'altered', edge: 'mx1', counter: 3 }]);
  });

  it('tells a decision that another judge made from one that differs', async () => {
    const domainId = await recorded((events) => {
      const altered = { ...events[9]?.data, engine: 0, score: 99 };
      return events.with(9, { ...events[9], data: altered } as NewEvent);
    });
    expect((await verify({ domainId })).counts).toMatchObject({ same: 9, engine: 1 });
  });

  it('names what is missing and what stands in a wrong place', async () => {
    const missing = await recorded((events) => events.toSpliced(4, 2));
    expect((await verify({ domainId: missing })).problems).toEqual([
      { code: 'missing', edge: 'mx1', from: 5, to: 6 },
    ]);
    const begun = await recorded((events) => events.slice(3));
    expect((await verify({ domainId: begun })).problems).toEqual([
      { code: 'missing', edge: 'mx1', from: 1, to: 3 },
    ]);
    const swapped = await recorded((events) => [...events.slice(0, 8), ...events.slice(8).toReversed()]);
    expect((await verify({ domainId: swapped })).problems).toEqual([
      { code: 'missing', edge: 'mx1', from: 9, to: 9 },
      { code: 'out-of-place', edge: 'mx1', counter: 9 },
    ]);
  });

  it('answers that they are erased once the key is destroyed, and follows the chains all the same', async () => {
    const domainId = await recorded((events) => events);
    await audited.erase(domainId);
    const { counts, problemCount } = await verify({ domainId });
    expect(counts).toMatchObject({ same: 0, erased: 10, altered: 0, unjudged: 0 });
    expect(problemCount).toBe(0);
  });

  it('looks at a period by the time at which the log took them', async () => {
    const { domainId, edge } = await audited.domain();
    const recorder = edge('mx1');
    await recorder.record(await recorder.decide(5));
    await new Promise((resolve) => setTimeout(resolve, 20));
    const since = Temporal.Now.instant().toString();
    await recorder.record(await recorder.decide(7));
    expect(await verify({ domainId, since })).toMatchObject({
      total: 7,
      problemCount: 0,
      counts: { same: 7 },
    });
    expect(await verify({ domainId, until: since })).toMatchObject({ total: 5, counts: { same: 5 } });
  });

  it('refuses a cursor that it did not write', async () => {
    const answer = await verifyDecisions(audited, { domainId: crypto.randomUUID(), cursor: 'x' });
    expect(answer).toMatchObject({ ok: false, error: { code: 'bad-cursor' } });
  });
});
