/** What may happen to a mail after its decision. */
import { describe, expect, it } from 'vitest';
import { deciderSpecification, testMetadata as metadata } from '../testing/decider-specification.ts';
import type { MailEvent } from './mail.ts';
import { mailDecider } from './mail.decider.ts';

const given = deciderSpecification(mailDecider);
const recipients = ['ada@example.org'];
const released: MailEvent = { type: 'MailReleased', data: { releaseId: 'r1', recipients } };
const report = { recipients, host: 'mx:25', code: 250, response: 'ok', attempt: 1, releaseId: 'r1' };
const releaseAgain = {
  type: 'ReleaseMail',
  data: { releaseId: 'r2', quarantinedFor: recipients },
  metadata,
} as const;

describe('mail', () => {
  it('is released to those for whom it is in the quarantine', () => {
    given()
      .when({ type: 'ReleaseMail', data: { releaseId: 'r1', quarantinedFor: recipients }, metadata })
      .thenEvents(released);
  });
  it('is released to another address on request', () => {
    given()
      .when({
        type: 'ReleaseMail',
        data: { releaseId: 'r1', quarantinedFor: recipients, to: 'bob@example.org' },
        metadata,
      })
      .thenEvents({ type: 'MailReleased', data: { releaseId: 'r1', recipients: ['bob@example.org'] } });
  });
  it('is not released when nothing of it is in the quarantine', () => {
    given()
      .when({ type: 'ReleaseMail', data: { releaseId: 'r1', quarantinedFor: [] }, metadata })
      .thenRefused('not-quarantined');
  });
  it('is not released to nonsense', () => {
    for (const to of ['a b', 'a@b@c', '<a@b.example>', 'a\0@b.example', 'a@b.example\u0007']) {
      given()
        .when({ type: 'ReleaseMail', data: { releaseId: 'r1', quarantinedFor: recipients, to }, metadata })
        .thenRefused('bad-recipient');
    }
  });
  it('is not released twice while it is owed', () => {
    given(released).when(releaseAgain).thenNothingHappens();
  });
  it('is not released again once delivered', () => {
    given(released, { type: 'MailDelivered', data: report }).when(releaseAgain).thenNothingHappens();
  });
  it('is released again after a bounce', () => {
    given(released, { type: 'MailBounced', data: report })
      .when(releaseAgain)
      .thenEvents({ type: 'MailReleased', data: { releaseId: 'r2', recipients } });
  });
  it('is not released again by the same order, even after a bounce', () => {
    given(released, { type: 'MailBounced', data: report })
      .when({ type: 'ReleaseMail', data: { releaseId: 'r1', quarantinedFor: recipients }, metadata })
      .thenNothingHappens();
  });
  it('counts a delivery of a release once', () => {
    const again = { type: 'ReportDelivery', data: { ...report, outcome: 'delivered' }, metadata } as const;
    given(released).when(again).thenEvents({ type: 'MailDelivered', data: report });
    given(released, { type: 'MailDelivered', data: report }).when(again).thenNothingHappens();
  });
  describe('that somebody looks at', () => {
    const by = metadata.actor;
    const look = { type: 'ViewMail', data: { what: 'content' }, metadata } as const;
    const seenAt = (at: string): MailEvent => ({ type: 'MailViewed', data: { what: 'raw', by, at } });

    it('says who, and when', () => {
      given()
        .when(look)
        .thenEvents({ type: 'MailViewed', data: { what: 'content', by, at: metadata.now } });
    });
    it('says it once an hour', () => {
      given(seenAt('2026-11-22T11:00:01Z')).when(look).thenNothingHappens();
      given(seenAt('2026-11-22T11:00:00Z'))
        .when(look)
        .thenEvents({ type: 'MailViewed', data: { what: 'content', by, at: metadata.now } });
    });
    it('says it of each who looks', () => {
      const actor = { kind: 'user', id: 'operator' } as const;
      given(seenAt('2026-11-22T11:59:00Z'))
        .when({ ...look, metadata: { ...metadata, actor } })
        .thenEvents({ type: 'MailViewed', data: { what: 'content', by: actor, at: metadata.now } });
    });
    it('counts the last look of each, whatever lies between', () => {
      const other: MailEvent = {
        type: 'MailViewed',
        data: { what: 'raw', by: { kind: 'user', id: 'u' }, at: '2026-11-22T11:58:00Z' },
      };
      given(seenAt('2026-11-22T10:00:00Z'), seenAt('2026-11-22T11:30:00Z'), other)
        .when(look)
        .thenNothingHappens();
    });
    it('is not kept from saying it by a look of which nobody knows whose it was, nor by one far ahead', () => {
      for (const event of [
        { type: 'MailViewed', data: { what: 'raw' } } as const,
        seenAt('2026-12-22T12:00:00Z'),
      ]) {
        given(event)
          .when(look)
          .thenEvents({ type: 'MailViewed', data: { what: 'content', by, at: metadata.now } });
      }
    });
    it('is no longer there once it has expired', () => {
      given({ type: 'MailExpired', data: { reason: 'retention' } })
        .when(look)
        .thenRefused('mail-expired');
    });
  });
  it('is over when it has expired and nothing is owed', () => {
    const expired: MailEvent = { type: 'MailExpired', data: { reason: 'retention' } };
    expect(mailDecider.isTerminal(given(expired).state())).toBe(true);
    expect(mailDecider.isTerminal(given(released, expired).state())).toBe(false);
    given(expired).when(releaseAgain).thenRefused('mail-expired');
  });
});
