/** Every change of a domain has its plain words. */
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../kernel/json.ts';
import { describeChange } from './describe-change.ts';
import { type DomainEvents, domainFormats } from './domain.ts';

const changes: readonly (readonly [DomainEvents, string])[] = [
  [
    {
      type: 'DomainAdded',
      data: { name: 'example.org', accountId: 'a', preset: 'balanced', edition: 1 },
    },
    'Added example.org with the preset balanced',
  ],
  [{ type: 'DomainProven', data: { by: 'operator' } }, 'Vouched for the domain: it receives mail'],
  [{ type: 'DomainProven', data: { by: 'dns' } }, 'Showed in DNS that the domain is theirs'],
  [
    {
      type: 'RouteSet',
      data: {
        trusted: false,
        hosts: [
          { host: 'mail.example.org', port: 25, tls: 'required' },
          { host: '2001:db8::1', port: 2525, tls: 'opportunistic' },
        ],
      },
    },
    'Set the route to smtp://mail.example.org:25?tls=required, then smtp://[2001:db8::1]:2525',
  ],
  [{ type: 'PresetChosen', data: { preset: 'strict', edition: 1 } }, 'Chose the preset strict'],
  [{ type: 'EditionTaken', data: { edition: 2 } }, 'Took edition 2 of the preset'],
  [
    { type: 'ThresholdsSet', data: { tag: 4, hold: 7, reject: 10 } },
    'Set the thresholds: mark from 4, hold from 7, refuse from 10 points',
  ],
  [
    { type: 'MailboxThresholdsSet', data: { mailbox: 'ann@example.org', tag: 4, hold: 7, reject: 10 } },
    'Set the thresholds of ann@example.org: mark from 4, hold from 7, refuse from 10 points',
  ],
  [
    { type: 'MailboxThresholdsRemoved', data: { mailbox: 'ann@example.org' } },
    'Removed the thresholds of ann@example.org: those of the domain hold for it again',
  ],
  [
    { type: 'VerdictHeaderSet', data: { enabled: false } },
    'Ended that accepted mail tells its verdict in a header field',
  ],
  [
    { type: 'VerdictHeaderSet', data: { enabled: true } },
    'Let accepted mail tell its verdict in a header field',
  ],
  [{ type: 'CheckConfigured', data: { check: 'dnsbl', mode: 'score' } }, 'Set check dnsbl to score'],
  [
    { type: 'CheckConfigured', data: { check: 'spf', mode: 'score', weight: 1, onError: 'defer' } },
    'Set check spf to score, weight 1, put mail off when it cannot be made',
  ],
  [
    {
      type: 'CheckConfigured',
      data: { check: 'dkim', exempt: ['a', 'b', 'c', 'd', 'e', 'f', 'g'], settings: { minKeyBits: 2048 } },
    },
    'Set check dkim to leave a, b, c, d, e and 2 more alone, minKeyBits 2048',
  ],
  [
    {
      type: 'ListEntryAdded',
      data: { entry: { action: 'block', pattern: '*@spam.example', authenticated: false } },
    },
    'Blocked *@spam.example',
  ],
  [
    {
      type: 'ListEntryAdded',
      data: {
        entry: {
          action: 'allow',
          pattern: 'shop.example',
          mailbox: 'bob@example.org',
          authenticated: true,
          expires: '2026-12-24T18:00:00.000Z',
          note: 'orders',
        },
      },
    },
    'Allowed shop.example for bob@example.org, if SPF or DKIM proves the sender, until 2026-12-24 18:00 UTC (orders)',
  ],
  [
    { type: 'ListEntryRemoved', data: { entry: { action: 'allow', pattern: '192.0.2.0/24' } } },
    'Took 192.0.2.0/24 off the allow list',
  ],
  [
    {
      type: 'IncidentUndone',
      data: {
        undoId: 'u1',
        incident: { kind: 'check', check: 'dnsbl', zone: 'zen.example' },
        since: '2026-11-01T00:00:00Z',
        until: '2026-11-02T00:00:00Z',
        mails: 12,
        rate: 60,
      },
    },
    'Undid check dnsbl (zen.example), from 2026-11-01 00:00 UTC to 2026-11-02 00:00 UTC: releases 12 mails',
  ],
  [{ type: 'DomainSuspended', data: { reason: 'unpaid' } }, 'Suspended the domain: unpaid'],
  [{ type: 'DomainResumed', data: {} }, 'Ended the suspension of the domain'],
  [{ type: 'DomainRemoved', data: {} }, 'Removed the domain'],
];

describe('the words of a change', () => {
  it.each(changes)('of %j are: %s', ({ type, data }, sentence) => {
    expect(describeChange(type, data as unknown as JsonObject)).toBe(sentence);
  });

  it('are there for every event of a domain', () => {
    expect(new Set(changes.map(([{ type }]) => type))).toEqual(new Set(Object.keys(domainFormats)));
  });

  it('do without what has been erased', () => {
    expect(describeChange('ListEntryAdded', {})).toBe('Added to the lists; what exactly has been erased');
    expect(describeChange('ListEntryRemoved', {})).toBe(
      'Removed from the lists; what exactly has been erased',
    );
    expect(describeChange('CheckConfigured', { check: 'spf' })).toBe('Changed check spf');
  });

  it('cut long settings', () => {
    const words = describeChange('CheckConfigured', { check: 'spf', settings: { list: ['x'.repeat(500)] } });
    expect(words.length).toBeLessThan(120);
  });

  it('name an event of another version by its type', () => {
    expect(describeChange('DomainPainted', { colour: 'red' })).toBe('DomainPainted');
    expect(describeChange('toString', {})).toBe('toString');
  });
});
