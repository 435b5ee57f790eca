/** Gathering runs what it must, leaves out what cannot matter, and survives whatever breaks. */
import { describe, expect, it } from 'vitest';
import { echo, failing, listEntry, policyOf } from '../judge/judge-specification.ts';
import type { Policy } from '../policy/policy.ts';
import type { Deadline } from '../ports/deadline.ts';
import { envelopeOf, observationsOf, resolverOf, type Circumstances } from './check-specification.ts';
import { observed, type AnyCheck, type Check, type Phase } from './check.ts';
import { defaultGatherDeadlines, gatherPhase, nothingGathered, type GatheredFacts } from './gather.ts';
import { ipList } from './ip-list.ts';
import { senderList } from './sender-list.ts';

/** Time in these tests: what has not come once nothing else is left to do never comes. */
const deadline: Deadline = {
  within: (promise) =>
    Promise.race([
      promise.then((value) => ({ ok: true as const, value })),
      new Promise<{ readonly ok: false }>((resolve) => setImmediate(() => resolve({ ok: false }))),
    ]),
};

interface Setup extends Circumstances {
  readonly checks: readonly AnyCheck[];
  readonly policy: Policy;
  readonly phases?: readonly Phase[];
  readonly earlier?: GatheredFacts;
  readonly mayRun?: (check: AnyCheck) => boolean;
}

const gather = ({ checks, policy, phases = ['data'], earlier = nothingGathered, ...some }: Setup) =>
  gatherPhase({
    ...(some.mayRun === undefined ? {} : { mayRun: some.mayRun }),
    phases,
    policy,
    envelope: envelopeOf(some.envelope),
    receivedAt: '2026-11-22T12:00:00.000Z',
    observed: observationsOf(some),
    resolver: resolverOf({}),
    deadline,
    deadlines: defaultGatherDeadlines,
    earlier,
    checks,
  });

const gathering = (name: string, run: Check['gather'], some: Partial<Check> = {}) =>
  echo(name, { gather: run, ...some });

describe('gatherPhase', () => {
  it('runs the enabled checks of its phases', async () => {
    const checks = [
      echo('first', { phase: 'connect' }),
      echo('second', { phase: 'helo' }),
      echo('third', { phase: 'data' }),
      echo('switched-off', { phase: 'connect' }),
      echo('not-in-policy', { phase: 'connect' }),
    ];
    const policy = policyOf({ first: {}, second: {}, third: {}, 'switched-off': { mode: 'off' } });
    expect((await gather({ checks, policy, phases: ['connect', 'helo'] })).ran).toEqual(['first', 'second']);
  });

  it('leaves out what may not run for this mail, as if it were off', async () => {
    const checks = [echo('may'), echo('may-not'), echo('lists', { standing: 'list' })];
    const policy = policyOf({ may: {}, 'may-not': {}, lists: {} });
    const request = { checks, policy, mayRun: ({ name }: AnyCheck) => name === 'may' };
    expect((await gather(request)).ran).toEqual(['may']);
  });

  it('adds to what earlier phases brought, and runs nothing twice', async () => {
    const checks = [echo('b', { phase: 'data' }), echo('a', { phase: 'connect' })];
    const policy = policyOf({ a: {}, b: {} });
    const earlier = { ran: ['a'], facts: { a: failing() } };
    const all = await gather({ checks, policy, phases: ['connect', 'data'], earlier });
    expect(all.ran).toEqual(['b', 'a']);
    expect(all.facts['a']).toEqual(failing());
  });

  it('runs them side by side', async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const checks = [
      gathering('waits', async () => observed(await promise)),
      gathering('frees', async () => observed(resolve())),
    ];
    const { facts } = await gather({ checks, policy: policyOf({ waits: {}, frees: {} }) });
    expect(facts['waits']).toMatchObject({ status: 'observed' });
  });

  it('notes that a check ran which had nothing to observe', async () => {
    const checks = [gathering('empty', async () => ({ status: 'nothing' }))];
    expect(await gather({ checks, policy: policyOf({ empty: {} }) })).toEqual({ ran: ['empty'], facts: {} });
  });

  it('turns everything that breaks into an error of that check', async () => {
    const checks = [
      gathering('rejects', async () => Promise.reject(new Error('no DNS'))),
      gathering('throws', () => {
        throw new Error('broken');
      }),
      gathering('hangs', () => new Promise(() => undefined)),
      echo('misconfigured'),
      echo('fine'),
    ];
    const policy = policyOf({
      rejects: {},
      throws: {},
      hangs: {},
      misconfigured: { settings: { level: 'high' } },
      fine: {},
    });
    const { ran, facts } = await gather({ checks, policy });
    expect(ran).toEqual(['rejects', 'throws', 'hangs', 'misconfigured', 'fine']);
    expect(facts).toMatchObject({
      rejects: { status: 'error', message: 'no DNS' },
      throws: { status: 'error', message: 'broken' },
      hangs: { status: 'error', message: 'it took longer than 90000 ms' },
      misconfigured: { status: 'error', message: 'its settings cannot be read' },
      fine: { status: 'observed' },
    });
  });

  it('tells checks whether the client has a private address', async () => {
    const tell = gathering('tell', async ({ clientIsPrivate }) => observed({ clientIsPrivate }));
    const policy = policyOf({ tell: {} });
    const of = async (ip: string) =>
      (await gather({ checks: [tell], policy, envelope: { ip } })).facts['tell'];
    expect(await of('127.0.0.1')).toEqual(observed({ clientIsPrivate: true }));
    expect(await of('192.0.2.1')).toEqual(observed({ clientIsPrivate: false }));
  });
});

describe('gatherPhase leaves out checks that cannot change the verdict', () => {
  const checks = [
    ipList,
    senderList,
    echo('ordinary'),
    echo('observing'),
    echo('safe', { standing: 'safety' }),
  ];
  const modes = {
    'ip-list': {},
    'sender-list': {},
    ordinary: {},
    observing: { mode: 'observe' as const },
    safe: {},
  };
  const listed = ['ip-list', 'sender-list'];
  const everything = [...listed, 'ordinary', 'observing', 'safe'];
  const withoutOrdinary = [...listed, 'observing', 'safe'];
  const ranWith = async (some: Partial<Policy>, circumstances: Circumstances = {}) =>
    (await gather({ checks, policy: policyOf(modes, some), phases: ['connect', 'data'], ...circumstances }))
      .ran;

  it('runs all where no list decides', async () => {
    expect(await ranWith({})).toEqual(everything);
    expect(await ranWith({ lists: [listEntry('allow', 'other.example')] })).toEqual(everything);
  });

  it.each(['allow', 'block'] as const)(
    'runs safety and observing checks alone where a list says %s',
    async (action) => {
      expect(await ranWith({ lists: [listEntry(action, 'sender.example')] })).toEqual(withoutOrdinary);
      expect(await ranWith({ lists: [listEntry(action, '192.0.2.0/24')] })).toEqual(withoutOrdinary);
    },
  );

  it('runs all where the entry counts only for a proven sender', async () => {
    expect(await ranWith({ lists: [listEntry('allow', 'sender.example', { authenticated: true })] })).toEqual(
      everything,
    );
  });

  it('runs all where a proven sender would outrank the entry', async () => {
    const proven = listEntry('allow', 'alice@sender.example', {
      authenticated: true,
      mailbox: 'bob@here.example',
    });
    expect(await ranWith({ lists: [listEntry('block', 'sender.example'), proven] })).toEqual(everything);
  });

  it('runs all where the lists decide for one recipient only', async () => {
    const lists = [listEntry('allow', 'sender.example', { mailbox: 'bob@here.example' })];
    const recipients = ['bob@here.example', 'carol@here.example'];
    expect(await ranWith({ lists }, { envelope: { recipients } })).toEqual(everything);
    expect(await ranWith({ lists })).toEqual(withoutOrdinary);
  });

  it('runs all while a list check is still to come', async () => {
    const policy = policyOf(modes, { lists: [listEntry('block', '192.0.2.10')] });
    const early = [ipList, senderList, echo('ordinary', { phase: 'connect' })];
    expect((await gather({ checks: early, policy, phases: ['connect'] })).ran).toEqual([
      'ip-list',
      'ordinary',
    ]);
  });

  it('runs all where a list check could not be made', async () => {
    const policy = policyOf(modes, { lists: [listEntry('block', '192.0.2.10')] });
    const broken = gathering('sender-list', async () => Promise.reject(new Error('unreadable')), {
      standing: 'list',
    });
    const { ran } = await gather({
      checks: [ipList, broken, echo('ordinary')],
      policy,
      phases: ['connect', 'data'],
    });
    expect(ran).toEqual(['ip-list', 'sender-list', 'ordinary']);
  });

  it('does not wait for a list check that only observes', async () => {
    const policy = policyOf(
      { ...modes, 'sender-list': { mode: 'observe' } },
      { lists: [listEntry('block', '192.0.2.10')] },
    );
    expect((await gather({ checks, policy, phases: ['connect', 'data'] })).ran).toEqual(withoutOrdinary);
  });
});
