/** The effective policy of a domain. */
import { describe, expect, it } from 'vitest';
import type { DomainDetails } from '../domain/domain.ts';
import { judge } from '../judge/judge.ts';
import { effectivePolicy } from './effective.ts';

const domain: DomainDetails = {
  status: 'active',
  proven: true,
  name: 'here.example',
  accountId: 'a',
  preset: 'balanced',
  edition: 1,
  route: [],
  overrides: { spf: { mode: 'reject' } },
  lists: [{ action: 'block', pattern: '192.0.2.0/24', authenticated: false }],
};

const listed = {
  envelope: { ip: '192.0.2.1', helo: 'a', sender: 'x@y.example', recipients: ['b@here.example'] },
  receivedAt: '2026-11-22T12:00:00Z',
  ran: ['ip-list'],
  facts: { 'ip-list': { status: 'observed', fact: { ip: '192.0.2.1' } } },
} as const;

describe('effective policy', () => {
  it('is the preset with what the domain sets differently', () => {
    const policy = effectivePolicy(domain, 3);
    expect(policy).toMatchObject({
      revision: 3,
      checks: { spf: { mode: 'reject' }, dmarc: { mode: 'reject' } },
    });
    expect(judge(listed, policy)).toMatchObject({ verdict: 'reject', reason: 'client-listed' });
  });

  it('of a suspended domain keeps only what harms others away', () => {
    const policy = effectivePolicy({ ...domain, status: 'suspended' }, 3);
    expect(Object.keys(policy.checks).toSorted()).toEqual(['header-loop', 'virus']);
    expect(judge(listed, policy)).toMatchObject({ verdict: 'accept', reason: 'clean' });
    const looping = {
      ...listed,
      ran: ['header-loop'],
      facts: { 'header-loop': { status: 'observed', fact: { hops: 99 } } },
    } as const;
    expect(judge(looping, policy)).toMatchObject({ verdict: 'reject', reason: 'mail-loop' });
  });
});
