/** Thresholds of single mailboxes: set, taken back, and what they do to mail. */
import { describe, expect, it } from 'vitest';
import { judge } from '../judge/judge.ts';
import { checkPolicy, echo, failing, mailWith, policyOf } from '../judge/judge-specification.ts';
import { effectivePolicy } from '../policy/effective.ts';
import { deciderSpecification, testMetadata as metadata } from '../testing/decider-specification.ts';
import type { DomainEvents } from './domain.ts';
import { domainDecider } from './domain.decider.ts';
import { maxMailboxThresholds } from './thresholds.ts';

const given = deciderSpecification(domainDecider);
const added: DomainEvents = {
  type: 'DomainAdded',
  data: { name: 'example.org', accountId: 'a1', preset: 'balanced', edition: 1 },
};
const own = { tag: 2, hold: 3, reject: 4 };
const set = (mailbox: string): DomainEvents => ({ type: 'MailboxThresholdsSet', data: { mailbox, ...own } });
const command = (mailbox: string, some: Partial<typeof own> = {}) =>
  ({ type: 'SetMailboxThresholds', data: { mailbox, ...own, ...some }, metadata }) as const;

const policyAfter = (...events: readonly DomainEvents[]) => {
  const state = given(added, ...events).state();
  if (state.status === 'none') throw new Error('no domain');
  return effectivePolicy(state, 1);
};

describe('thresholds of a mailbox', () => {
  it('are set, under the address in one spelling', () => {
    given(added).when(command(' Ann@Example.org ')).thenEvents(set('ann@example.org'));
  });

  it('change nothing when they are what they were', () => {
    given(added, set('ann@example.org')).when(command('ann@example.org')).thenEvents();
  });

  it.each(['ann@elsewhere.example', 'example.org', '@example.org', '*@example.org', 'a b@example.org', ''])(
    'are not set for “%s”',
    (mailbox) => {
      given(added).when(command(mailbox)).thenRefused('bad-mailbox');
    },
  );

  it.each([{ tag: 5 }, { tag: 0 }, { reject: Number.NaN }, { hold: 9 }])(
    'have to be in order: %j',
    (some) => {
      given(added).when(command('ann@example.org', some)).thenRefused('bad-thresholds');
    },
  );

  it('are for so many mailboxes and no more', () => {
    const events = Array.from({ length: maxMailboxThresholds }, (_, at) => set(`u${at}@example.org`));
    given(added, ...events)
      .when(command('ann@example.org'))
      .thenRefused('bad-mailbox');
    given(added, ...events)
      .when(command('u1@example.org', { tag: 1 }))
      .thenEvents({
        type: 'MailboxThresholdsSet',
        data: { mailbox: 'u1@example.org', ...own, tag: 1 },
      });
  });

  it('are taken back, and then those of the domain hold', () => {
    const removed: DomainEvents = {
      type: 'MailboxThresholdsRemoved',
      data: { mailbox: 'ann@example.org' },
    };
    given(added, set('ann@example.org'))
      .when({ type: 'RemoveMailboxThresholds', data: { mailbox: 'Ann@example.org' }, metadata })
      .thenEvents(removed);
    expect(policyAfter(set('ann@example.org')).mailboxThresholds).toEqual({ 'ann@example.org': own });
    expect(policyAfter(set('ann@example.org'), removed).mailboxThresholds).toBeUndefined();
    given(added)
      .when({ type: 'RemoveMailboxThresholds', data: { mailbox: 'ann@example.org' }, metadata })
      .thenRefused('no-thresholds');
  });

  it('outlast a new preset and new thresholds of the domain', () => {
    const policy = policyAfter(
      set('ann@example.org'),
      { type: 'PresetChosen', data: { preset: 'strict', edition: 1 } },
      { type: 'ThresholdsSet', data: { tag: 1, hold: 1, reject: 1 } },
    );
    expect(policy).toMatchObject({ thresholds: { tag: 1 }, mailboxThresholds: { 'ann@example.org': own } });
  });

  it('do not count while the domain is suspended', () => {
    const policy = policyAfter(set('ann@example.org'), { type: 'DomainSuspended', data: { reason: 'x' } });
    expect(policy.mailboxThresholds).toBeUndefined();
  });

  it('decide for that mailbox alone', () => {
    const checks = [echo('points')];
    const policy = policyOf(
      { points: checkPolicy({ mode: 'score' }) },
      { mailboxThresholds: { 'carol@here.example': { tag: 1, hold: 2, reject: 3 } } },
    );
    const mail = mailWith({ points: failing() });
    const recipients = ['bob@here.example', 'Carol@here.example'];
    const judged = judge({ ...mail, envelope: { ...mail.envelope, recipients } }, policy, checks);
    expect(judged.recipients).toMatchObject([
      { verdict: 'accept', reason: 'clean' },
      { verdict: 'hold', reason: 'split-verdict' },
    ]);
  });
});

describe('the header that tells a verdict', () => {
  it('is left out and put back by the domain, once each', () => {
    const off: DomainEvents = { type: 'VerdictHeaderSet', data: { enabled: false } };
    const order = (enabled: boolean) => ({ type: 'SetVerdictHeader', data: { enabled }, metadata }) as const;
    given(added).when(order(true)).thenEvents();
    given(added).when(order(false)).thenEvents(off);
    given(added, off).when(order(false)).thenEvents();
    given(added, off)
      .when(order(true))
      .thenEvents({ type: 'VerdictHeaderSet', data: { enabled: true } });
  });
});
