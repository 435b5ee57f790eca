/** What became of a mail for each recipient, and for the mail as a whole. */
import { describe, expect, it } from 'vitest';
import type { MailEvent } from '../mail/mail.ts';
import { firstDeliveries, followDelivery, isSettled, overallDelivery, releaseDelivery } from './delivery.ts';

const at = '2026-11-22T10:00:00.000Z';
const later = '2026-11-22T11:00:00.000Z';
const envelope = {
  ip: '192.0.2.1',
  helo: 'x',
  sender: 's@x.example',
  recipients: ['a@y.example', 'b@y.example'],
};
const report = { host: 'mx:25', code: 250, response: 'Ok', attempt: 1 };

const event = (
  type: 'MailDelivered' | 'MailBounced' | 'MailDeliveryDeferred',
  recipients: string[],
): MailEvent => ({
  type,
  data: { ...report, recipients },
});

const accepted = firstDeliveries(
  {
    envelope,
    outcomes: [
      { verdict: 'accept', reason: 'clean' },
      { verdict: 'tag', reason: 'score-tag' },
    ],
  },
  at,
);

describe('deliveries', () => {
  it('begin with those whose verdict lets the mail through', () => {
    const outcomes = [
      { verdict: 'accept', reason: 'clean' },
      { verdict: 'hold', reason: 'split-verdict' },
    ] as const;
    expect(firstDeliveries({ envelope, outcomes }, at)).toEqual([
      { recipient: 'a@y.example', status: 'pending', at },
    ]);
  });

  it('of a mail that nobody is to get come to nothing', () => {
    expect(overallDelivery([])).toBe('none');
  });

  it('are delivered when all are', () => {
    const first = followDelivery(accepted, event('MailDelivered', ['a@y.example']), later);
    expect(overallDelivery(first)).toBe('pending');
    const both = followDelivery(first, event('MailDelivered', ['b@y.example']), later);
    expect(overallDelivery(both)).toBe('delivered');
    expect(both).toContainEqual({
      recipient: 'a@y.example',
      status: 'delivered',
      at: later,
      attempts: 1,
      lastResponse: 'Ok',
    });
  });

  it('show one that bounced before all others', () => {
    const bounced = followDelivery(accepted, event('MailBounced', ['b@y.example']), later);
    expect(overallDelivery(followDelivery(bounced, event('MailDelivered', ['a@y.example']), later))).toBe(
      'bounced',
    );
  });

  it('of a released mail wait for whoever it was released to', () => {
    const release: MailEvent = {
      type: 'MailReleased',
      data: { releaseId: 'r', recipients: ['new@z.example'] },
    };
    const released = followDelivery([], release, at);
    expect(overallDelivery(released)).toBe('released');
    expect(overallDelivery(followDelivery(released, event('MailDelivered', ['new@z.example']), later))).toBe(
      'delivered',
    );
  });

  it('are not changed by a look at the mail', () => {
    expect(followDelivery(accepted, { type: 'MailViewed', data: { what: 'raw' } }, later)).toBe(accepted);
  });

  it('tell when the route is tried again, and what it said in plain characters', () => {
    const [deferred] = followDelivery(
      [],
      {
        type: 'MailDeliveryDeferred',
        data: {
          ...report,
          attempt: 3,
          response: '450 later\u0000\u202e',
          nextAttemptAt: later,
          recipients: ['a@y.example'],
        },
      },
      at,
    );
    expect(deferred).toMatchObject({ status: 'deferred', attempts: 3, nextAttemptAt: later });
    expect(deferred?.lastResponse).not.toContain('\0');
  });
});

describe('the delivery of a release', () => {
  const order: MailEvent = {
    type: 'MailReleased',
    data: { releaseId: 'r', recipients: ['b@y.example', 'c@y.example'] },
  };
  const of = (
    type: 'MailDelivered' | 'MailBounced' | 'MailDeliveryDeferred',
    recipient: string,
  ): MailEvent => ({
    type,
    data: { ...report, recipients: [recipient], releaseId: 'r' },
  });
  const after = (...events: readonly MailEvent[]) =>
    releaseDelivery(events.reduce((deliveries, event) => followDelivery(deliveries, event, later), accepted));

  it('is none for a mail that nobody released, whatever became of those who got it', () => {
    expect(after(event('MailDelivered', ['a@y.example']))).toBe('none');
    expect(after(event('MailBounced', ['a@y.example']))).toBe('none');
  });

  it('is what needs attention most of those it was released to', () => {
    expect(after(order)).toBe('owed');
    expect(after(order, of('MailDeliveryDeferred', 'b@y.example'))).toBe('deferred');
    expect(after(order, of('MailDelivered', 'b@y.example'))).toBe('owed');
    expect(after(order, of('MailDelivered', 'b@y.example'), of('MailDelivered', 'c@y.example'))).toBe(
      'delivered',
    );
    expect(after(order, of('MailDelivered', 'b@y.example'), of('MailBounced', 'c@y.example'))).toBe(
      'bounced',
    );
  });

  it('is settled when nothing more happens by itself', () => {
    const all = ['none', 'owed', 'deferred', 'delivered', 'bounced'] as const;
    expect(all.filter(isSettled)).toEqual(['none', 'delivered', 'bounced']);
  });
});
