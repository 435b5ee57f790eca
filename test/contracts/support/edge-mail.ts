/** Mails and events as an edge puts them into its outbox, for tests. */
import { eventId } from '@sluice/core/kernel/hash.ts';
import type { NewEvent } from '@sluice/core/kernel/event.ts';
import type { OutboxMail } from '@sluice/core/ports/outbox.ts';

export const testDomainId = '01930000-0000-7000-8000-0000000000d1';

/** A mail id by number. */
export const mailIdOf = (number: number): string =>
  `01930000-0000-7000-8000-${number.toString(16).padStart(12, '0')}`;

/** An event of an edge; its id follows from the mail and the kind. */
export function testEvent(type: string, mailId: string, at = '2026-11-22T10:00:00.000Z'): NewEvent {
  return {
    id: eventId(mailId, type, 0),
    type,
    data: { mailId, sealed: { keyId: `domain-${testDomainId}`, data: 'c2VhbGVk' } },
    metadata: {
      schemaVersion: 1,
      actor: { kind: 'edge', id: 'mx1' },
      at,
      correlationId: mailId,
      domainId: testDomainId,
      edge: 'mx1',
    },
  };
}

/** An accepted mail for one recipient, received at 10:00, unless `changes` say otherwise. */
export function testMail(number: number, changes: Partial<OutboxMail> = {}): OutboxMail {
  const mailId = mailIdOf(number);
  const { domainId = testDomainId } = changes;
  const decision = testEvent('MailJudged', mailId);
  return {
    mailId,
    domainId,
    receivedAt: '2026-11-22T10:00:00.000Z',
    sender: 'from@example.org',
    smtpUtf8: false,
    decision: { ...decision, metadata: { ...decision.metadata, domainId } },
    raw: Buffer.from(`Subject: mail ${number}\r\n\r\nhello\r\n`),
    trace: 'Received: from client by mx1\r\n',
    deliverTo: ['to@example.com'],
    archive: false,
    ...changes,
  };
}
