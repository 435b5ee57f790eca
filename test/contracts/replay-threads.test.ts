/** Going over recorded decisions in threads: the very answers that one thread gives, and an end to every wait. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createThreadedReplayer, type ThreadedOptions } from '@sluice/api/replay';
import { auditRuns } from '@sluice/core/audit/audit-runs.ts';
import { auditDecisions } from '@sluice/core/audit/audit-decisions.ts';
import { StoreUnavailable } from '@sluice/core/ports/event-store.ts';
import type { NewEvent } from '@sluice/core/kernel/event.ts';
import { loadPolicies } from '@sluice/core/replay/load-policies.ts';
import {
  type Pace,
  type QuestionKind,
  ReplayFailed,
  type Replayer,
  type ReplayQuestions,
  runsBetween,
} from '@sluice/core/replay/questions.ts';
import { createReplayer } from '@sluice/core/use-cases/answer-runs.ts';
import { type Audited, startAudited } from './decisions.harness.ts';
import { freePort } from './support/free-port.ts';
import { usePostgres } from './support/postgres.ts';

const pace = (signal: AbortSignal = new AbortController().signal): Pace => ({
  signal,
  breathe: () => Promise.resolve(),
});

describe('a replay in threads', () => {
  const postgres = usePostgres();
  let audited: Audited;
  beforeAll(async () => {
    audited = await startAudited(postgres.url);
  });
  afterAll(() => audited.close());

  const threaded = (some: Partial<ThreadedOptions> = {}) => {
    const { store, vault, keys, eventstoreUrl } = audited;
    const settings = { eventstoreUrl, checks: undefined };
    const log = { store, vault };
    return createThreadedReplayer({ log, keys, settings, threads: 2, worthwhile: 0, ...some });
  };

  /** Decisions of two edges, of which `change` makes what the log has. */
  const recorded = async (count: number, change = (events: NewEvent[]): readonly NewEvent[] => events) => {
    const { domainId, edge } = await audited.domain();
    const [one, other] = [edge('mx1'), edge('mx2')];
    const some = Math.ceil(count / 4);
    const events: NewEvent[] = [];
    for (const recorder of [one, other, one, other]) events.push(...(await recorder.decide(some)));
    await one.record(change(events.slice(0, count)));
    return domainId;
  };

  const broken = (events: NewEvent[]): readonly NewEvent[] => {
    const altered = (event: NewEvent | undefined, data: object): NewEvent =>
      ({ ...event, data: { ...event?.data, ...data } }) as NewEvent;
    const sealed = { ...events[9]?.data.sealed, data: events[10]?.data.sealed?.data };
    return events
      .with(3, altered(events[3], { verdict: 'reject', failed: '10' }))
      .with(9, altered(events[9], { sealed }))
      .with(20, altered(events[20], { chain: 'none' }))
      .toSpliced(44, 1)
      .toSpliced(30, 2, ...events.slice(30, 32).toReversed())
      .toSpliced(13, 3);
  };

  it.each([1, 7, 1_000])('audits broken chains in runs of %i as in one', async (length) => {
    const domainId = await recorded(60, broken);
    const policies = await loadPolicies(audited, domainId);
    const range = { domainId, from: 0, to: 56, heads: {} };
    await using threads = threaded();
    for (const isOpen of [true, false]) {
      const whole = await auditDecisions(audited, policies, { ...range, isOpen });
      expect(whole.problemCount).toBeGreaterThan(3);
      expect(whole.counts).toMatchObject({ differs: 1, altered: 1 });
      for (const replayer of [threads, createReplayer(audited)]) {
        const runs = runsBetween(range.from, range.to, length);
        expect(await auditRuns(replayer, { domainId, runs, heads: {}, isOpen }, pace())).toEqual(whole);
      }
    }
  });

  it('answers every question as one thread does, run by run and in order', async () => {
    const domainId = await recorded(60);
    const policy = (await loadPolicies(audited, domainId))(2);
    if (policy === undefined) throw new Error('the domain has a policy');
    const since = '2026-11-22T00:00:00Z';
    const until = '2026-11-23T00:00:00Z';
    const checks = { ...policy.checks };
    delete checks['dmarc'];
    const incident = { kind: 'check', check: 'dmarc' } as const;
    const questions: { readonly [K in QuestionKind]: ReplayQuestions[K] } = {
      'what-if': { domainId, proposed: { ...policy, checks }, since, samples: 5 },
      undo: { domainId, incident, since, until, samples: 5 },
      audit: { domainId },
      'model-versions': { domainId, check: 'bayes', since, until },
    };
    await using threads = threaded();
    const all = async (replayer: Replayer, kind: QuestionKind): Promise<readonly unknown[]> =>
      Array.fromAsync(replayer.answers(kind, questions[kind], runsBetween(0, 60, 7), pace()));
    for (const kind of Object.keys(questions) as QuestionKind[]) {
      const answers = await all(threads, kind);
      expect(answers).toHaveLength(9);
      expect(answers).toEqual(await all(createReplayer(audited), kind));
    }
  });

  it('answers that all is erased once the key is destroyed', async () => {
    const domainId = await recorded(20);
    await audited.erase(domainId);
    await using threads = threaded();
    const runs = runsBetween(0, 20, 5);
    expect((await auditRuns(threads, { domainId, runs, isOpen: false }, pace())).counts.erased).toBe(20);
  });

  it('says that the event store is away', async () => {
    const settings = { eventstoreUrl: `esdb://127.0.0.1:${await freePort()}?tls=false`, checks: undefined };
    await using threads = threaded({ settings });
    const answers = threads.answers('audit', { domainId: 'x' }, runsBetween(0, 20, 5), pace());
    await expect(Array.fromAsync(answers)).rejects.toThrow(StoreUnavailable);
  });

  const script = (text: string): URL => new URL(`data:text/javascript,${encodeURIComponent(text)}`);

  it.each([
    ['throws', "throw new Error('broken')", /a thread broke: Error: broken/],
    ['ends', 'process.exit(1)', /a thread ended/],
    ['says nothing', 'setInterval(() => undefined, 1_000)', /a thread did not answer for 300 ms/],
  ])('fails where a thread %s, instead of waiting', async (_, text, message) => {
    await using threads = threaded({ script: script(text), deadlineMs: 300 });
    const answers = threads.answers('audit', { domainId: 'x' }, runsBetween(0, 20, 5), pace());
    const failed = await Array.fromAsync(answers).catch((error: unknown) => error);
    expect(failed).toBeInstanceOf(ReplayFailed);
    expect(String(failed)).toMatch(message);
  });

  it('stops waiting once it is cancelled, and goes on with other questions', async () => {
    const domainId = await recorded(60);
    await using threads = threaded({ threads: 1 });
    const stopping = new AbortController();
    const runs = runsBetween(0, 60, 5);
    const taken: unknown[] = [];
    const cancelled = (async () => {
      for await (const answer of threads.answers('audit', { domainId }, runs, pace(stopping.signal))) {
        taken.push(answer);
        stopping.abort(new Error('enough'));
      }
    })();
    await expect(cancelled).rejects.toThrow('enough');
    expect(taken).toHaveLength(1);
    expect((await auditRuns(threads, { domainId, runs, isOpen: false }, pace())).counts.same).toBe(60);
  });

  it('ends what is under way when it is closed', async () => {
    const threads = threaded({ script: script('setInterval(() => undefined, 1_000)') });
    const answers = Array.fromAsync(
      threads.answers('audit', { domainId: 'x' }, runsBetween(0, 20, 5), pace()),
    );
    const ended = expect(answers).rejects.toThrow(ReplayFailed);
    await threads.close();
    await ended;
  });
});
