/** Which timeline an event belongs to, and what it says there. */
import { describe, expect, it } from 'vitest';
import { timelineEntry } from './timeline.ts';

const metadata = {
  schemaVersion: 1,
  actor: { kind: 'user', id: 'u1' } as const,
  at: '2026-11-22T10:00:00.000Z',
  correlationId: 'c',
};
const recorded = (stream: string, type: string) => ({ id: 'e1', stream, type, position: 7n, metadata });

describe('timeline', () => {
  it.each([
    ['domain-d1', { subject: 'domain', subjectId: 'd1', domainId: 'd1' }],
    ['account-a1', { subject: 'account', subjectId: 'a1', accountId: 'a1' }],
    ['user-u1', { subject: 'user', subjectId: 'u1', accountId: undefined }],
    ['mail-m1', { subject: 'mail', subjectId: 'm1' }],
  ])('of the stream %s', (stream, about) => {
    expect(timelineEntry(recorded(stream, 'Something'), { a: 1 })).toMatchObject({
      ...about,
      summary: { a: 1 },
      position: '7',
    });
  });

  it('of a mail begins with its decision, told by the verdict alone', () => {
    const data = {
      mailId: 'm1',
      verdict: 'reject',
      reason: 'spf-fail',
      score: 2,
      kept: true,
      sha256: 'x',
      ran: 'ff',
    };
    expect(timelineEntry(recorded('decisions-d1', 'MailJudged'), data)).toMatchObject({
      subject: 'mail',
      subjectId: 'm1',
      summary: { verdict: 'reject', reason: 'spf-fail', score: 2, kept: true },
    });
  });

  it('of a mail has what was said of it, and nothing of its words', () => {
    const data = { mailId: 'm1', as: 'ham', by: 'report', tokenizer: 1, sealed: { keyId: 'k', data: 'x' } };
    expect(timelineEntry(recorded('training-d1', 'MailTrained'), data)).toMatchObject({
      subject: 'mail',
      subjectId: 'm1',
      summary: { as: 'ham', by: 'report' },
    });
  });

  it('has nothing of a mail that was taught from a file', () => {
    const data = { mailId: 'f1', as: 'ham', by: 'file', tokenizer: 1 };
    expect(timelineEntry(recorded('training-d1', 'MailTrained'), data)).toBeUndefined();
  });

  it.each(['edge-mx1-2026-11-22', 'domainname-x.example', 'packs', 'decisions-d1'])(
    'has nothing of %s',
    (stream) => {
      expect(timelineEntry(recorded(stream, 'Something'), {})).toBeUndefined();
    },
  );
});
