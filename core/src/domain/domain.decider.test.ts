/** What may happen to a domain, its route and its policy. */
import { describe, expect, it } from 'vitest';
import { createEventCodec } from '../kernel/event-codec.ts';
import { fail } from '../kernel/result.ts';
import { effectivePolicy } from '../policy/effective.ts';
import { deciderSpecification, testMetadata as metadata } from '../testing/decider-specification.ts';
import type { Vault } from '../ports/vault.ts';
import { type DomainEvents, domainFormats } from './domain.ts';
import { domainDecider } from './domain.decider.ts';

const given = deciderSpecification(domainDecider);
const added: DomainEvents = {
  type: 'DomainAdded',
  data: { name: 'example.org', accountId: 'a1', preset: 'balanced', edition: 1 },
};
const entry = { action: 'block', pattern: 'spam.example', authenticated: false } as const;

/** What these events say is not personal. */
const keyless: Vault = {
  seal: async () => fail('no-key'),
  open: async () => fail('erased'),
};

describe('domain', () => {
  it('is added in one spelling of its name, with the preset it starts from', () => {
    given()
      .when({
        type: 'AddDomain',
        data: { name: ' Example.ORG. ', accountId: 'a1', preset: 'balanced' },
        metadata,
      })
      .thenEvents(added);
  });
  it.each(['localhost', 'exa mple.org', '-x.org', 'a@b.org', ''])('is not added as “%s”', (name) => {
    given()
      .when({ type: 'AddDomain', data: { name, accountId: 'a1', preset: 'strict' }, metadata })
      .thenRefused('bad-name');
  });
  it('receives mail once it is proven', () => {
    const proven: DomainEvents = { type: 'DomainProven', data: { by: 'operator' } };
    given(added)
      .when({ type: 'ProveDomain', data: { by: 'operator' }, metadata })
      .thenEvents(proven);
    expect(given(added).state()).toMatchObject({ status: 'unproven' });
    expect(given(added, proven).state()).toMatchObject({ status: 'active' });
  });
  it('goes back to where it was after a suspension', () => {
    const events: DomainEvents[] = [
      added,
      { type: 'DomainSuspended', data: { reason: 'unpaid' } },
      { type: 'DomainResumed', data: {} },
    ];
    expect(given(...events).state()).toMatchObject({ status: 'unproven' });
  });
  it('is not changed after its removal', () => {
    given(added, { type: 'DomainRemoved', data: {} })
      .when({ type: 'ChoosePreset', data: { preset: 'strict' }, metadata })
      .thenRefused('domain-removed');
  });
});

describe('route', () => {
  const hosts = [{ host: 'mail.example.org', port: 25, tls: 'opportunistic' }] as const;
  const inside = [{ host: '127.0.0.1', port: 2526, tls: 'none' }] as const;
  it('is set', () => {
    given(added)
      .when({ type: 'SetRoute', data: { hosts, trusted: false }, metadata })
      .thenEvents({ type: 'RouteSet', data: { hosts, trusted: false } });
  });
  it('never leads to a private address unless the operator sets it', () => {
    given(added)
      .when({ type: 'SetRoute', data: { hosts: inside, trusted: false }, metadata })
      .thenRefused('private-target');
    given(added)
      .when({ type: 'SetRoute', data: { hosts: inside, trusted: true }, metadata })
      .thenEvents({ type: 'RouteSet', data: { hosts: inside, trusted: true } });
  });
  it.each([
    'localhost',
    'localhost.',
    'mail.localhost',
    '127.0.0.1.',
    '127.1',
    '2130706433',
    '::ffff:10.0.0.1',
  ])('of a customer does not lead to %s', (host) => {
    given(added)
      .when({ type: 'SetRoute', data: { hosts: [{ ...inside[0], host }], trusted: false }, metadata })
      .thenRefused('private-target');
  });
  it('of the operator stays theirs when a customer sets the same', () => {
    given(added, { type: 'RouteSet', data: { hosts: inside, trusted: true } })
      .when({ type: 'SetRoute', data: { hosts: inside, trusted: false }, metadata })
      .thenNothingHappens();
  });
  it('of a customer becomes trusted when the operator sets the same', () => {
    given(added, { type: 'RouteSet', data: { hosts, trusted: false } })
      .when({ type: 'SetRoute', data: { hosts, trusted: true }, metadata })
      .thenEvents({ type: 'RouteSet', data: { hosts, trusted: true } });
  });
  it('of a customer is not trusted, though one of the operator was before', () => {
    const state = given(
      added,
      { type: 'RouteSet', data: { hosts: inside, trusted: true } },
      { type: 'RouteSet', data: { hosts, trusted: false } },
    ).state();
    expect(state).toMatchObject({ route: hosts, routeTrusted: false });
  });
  it.each([
    ['operator', true],
    ['user', false],
    ['system', false],
  ] as const)('set by %s before trust was written down is trusted: %s', async (kind, trusted) => {
    const codec = createEventCodec<DomainEvents>(domainFormats, keyless);
    const recorded = {
      id: 'e1',
      type: 'RouteSet',
      data: { hosts: inside },
      metadata: { ...metadata, at: metadata.now, schemaVersion: 1, actor: { kind, id: 'x' } },
    };
    expect(await codec.decode(recorded)).toMatchObject({
      ok: true,
      value: { data: { hosts: inside, trusted } },
    });
  });
  it('needs a host', () => {
    given(added)
      .when({ type: 'SetRoute', data: { hosts: [], trusted: true }, metadata })
      .thenRefused('bad-route');
  });
});

describe('policy', () => {
  it('takes list entries in one spelling', () => {
    given(added)
      .when({ type: 'AddListEntry', data: { ...entry, pattern: ' SPAM.example ' }, metadata })
      .thenEvents({ type: 'ListEntryAdded', data: { entry } });
  });
  it('holds an entry once', () => {
    given(added, { type: 'ListEntryAdded', data: { entry } })
      .when({ type: 'AddListEntry', data: entry, metadata })
      .thenNothingHappens();
  });
  it('refuses entries for mailboxes of others', () => {
    given(added)
      .when({ type: 'AddListEntry', data: { ...entry, mailbox: 'me@else.example' }, metadata })
      .thenRefused('bad-pattern');
  });
  it('says so when an entry to be removed is not there', () => {
    given(added).when({ type: 'RemoveListEntry', data: entry, metadata }).thenRefused('not-listed');
  });
  it('keeps thresholds in order', () => {
    given(added)
      .when({ type: 'SetThresholds', data: { tag: 5, hold: 3, reject: 8 }, metadata })
      .thenRefused('bad-thresholds');
  });
  it('knows its checks', () => {
    given(added)
      .when({ type: 'ConfigureCheck', data: { check: 'magic', mode: 'reject' }, metadata })
      .thenRefused('unknown-check');
  });
  it('knows the modes of a check', () => {
    given(added)
      .when({ type: 'ConfigureCheck', data: { check: 'ip-list', mode: 'defer' }, metadata })
      .thenRefused('bad-mode');
  });
  it('knows the settings of a check', () => {
    given(added)
      .when({ type: 'ConfigureCheck', data: { check: 'sender-list', settings: { colour: 'red' } }, metadata })
      .thenRefused('bad-setting');
    given(added)
      .when({
        type: 'ConfigureCheck',
        data: { check: 'sender-list', settings: { matchFrom: 'perhaps' } },
        metadata,
      })
      .thenRefused('bad-setting');
  });
  it('puts changes of a check one over the other, and over the preset', () => {
    const state = given(
      added,
      { type: 'CheckConfigured', data: { check: 'sender-list', settings: { matchFrom: false } } },
      { type: 'CheckConfigured', data: { check: 'sender-list', mode: 'observe' } },
    ).state();
    if (state.status === 'none') throw new Error('added');
    expect(effectivePolicy(state, 2).checks['sender-list']).toMatchObject({
      mode: 'observe',
      settings: { matchFrom: false },
    });
  });
  it('starts afresh with a preset but keeps its lists', () => {
    const state = given(
      added,
      { type: 'ListEntryAdded', data: { entry } },
      { type: 'CheckConfigured', data: { check: 'ip-list', mode: 'off' } },
      { type: 'PresetChosen', data: { preset: 'strict', edition: 1 } },
    ).state();
    expect(state).toMatchObject({ preset: 'strict', overrides: {}, lists: [entry] });
  });
  it('undoes an incident in one act that changes no setting', () => {
    const incident = { kind: 'check', check: 'dnsbl' } as const;
    const order = {
      undoId: 'u1',
      incident,
      since: '2026-11-01T00:00:00Z',
      until: '2026-11-02T00:00:00Z',
      mails: 2,
      rate: 60,
    };
    const undone: DomainEvents = { type: 'IncidentUndone', data: order };
    given(added).when({ type: 'UndoIncident', data: order, metadata }).thenEvents(undone);
    expect(given(added, undone).state()).toEqual(given(added).state());
    for (const wrong of [{ mails: 0 }, { mails: 100_001 }, { rate: 0 }, { rate: 0.5 }, { rate: 6_001 }]) {
      given(added)
        .when({ type: 'UndoIncident', data: { ...order, ...wrong }, metadata })
        .thenRefused('bad-undo');
    }
  });
});
