import { describe, expect, it } from 'vitest';
import type { RecipientOutcome } from '../ports/delivery.ts';
import type { DueDelivery } from '../ports/outbox.ts';
import { progressOf } from './deliver-due-progress.ts';

const now = '2026-11-22T10:00:05.000Z';
const due = (changes: Partial<DueDelivery> = {}): DueDelivery => ({
  mailId: 'mail-1',
  domainId: 'd1',
  receivedAt: '2026-11-22T10:00:00.000Z',
  sender: 'from@example.org',
  smtpUtf8: false,
  recipients: ['a', 'b', 'c'],
  trace: '',
  raw: new Uint8Array(),
  attempts: 0,
  lastResponse: '',
  ...changes,
});
const said = (
  recipient: string,
  outcome: RecipientOutcome['outcome'],
  response: string = outcome,
): RecipientOutcome => ({
  recipient,
  outcome,
  code: outcome === 'delivered' ? 250 : 0,
  response,
  host: 'mail.example.com:25',
});

describe('progress of a delivery', () => {
  it('given a mail that was taken for all, tells it once and has nothing left to do', () => {
    const progress = progressOf(due(), [said('a', 'delivered'), said('b', 'delivered')], now);
    expect(progress).toMatchObject({ delivered: ['a', 'b'], failed: [], retry: undefined });
    expect(progress.events).toEqual([
      {
        type: 'MailDelivered',
        data: {
          recipients: ['a', 'b'],
          host: 'mail.example.com:25',
          code: 250,
          response: 'delivered',
          attempt: 1,
        },
      },
    ]);
  });

  it('given different outcomes, accounts for each recipient', () => {
    const outcomes = [said('a', 'delivered'), said('b', 'deferred', 'busy'), said('c', 'failed')];
    const progress = progressOf(due(), outcomes, now);
    expect(progress).toMatchObject({
      delivered: ['a'],
      failed: ['c'],
      retry: { recipients: ['b'], response: 'busy' },
    });
    expect(progress.events.map(({ type, data }) => [type, data.recipients])).toEqual([
      ['MailDelivered', ['a']],
      ['MailDeliveryDeferred', ['b']],
      ['MailBounced', ['c']],
    ]);
    expect(progress.events[1]?.data).toMatchObject({ nextAttemptAt: progress.retry?.at });
  });

  it('given one kind of outcome with different words, makes a report of each', () => {
    const progress = progressOf(due(), [said('a', 'failed', 'gone'), said('b', 'failed', 'full')], now);
    expect(progress.events.map(({ data }) => data.response)).toEqual(['gone', 'full']);
  });

  it('given one more deferral of many, says nothing of it', () => {
    const progress = progressOf(due({ attempts: 4 }), [said('a', 'deferred')], now);
    expect(progress.events).toEqual([]);
    expect(progress.retry?.recipients).toEqual(['a']);
  });

  it('given that the time for trying is over, bounces what is still deferred', () => {
    const old = due({ attempts: 120, receivedAt: '2026-11-17T10:00:00.000Z' });
    const progress = progressOf(old, [said('a', 'deferred', 'busy'), said('b', 'delivered')], now);
    expect(progress).toMatchObject({ delivered: ['b'], failed: ['a'], retry: undefined });
    expect(progress.events.map(({ type, data }) => [type, data.attempt])).toEqual([
      ['MailDelivered', 121],
      ['MailBounced', 121],
    ]);
  });
});
