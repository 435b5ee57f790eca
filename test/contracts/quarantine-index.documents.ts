/** Documents for the tests of quarantine indexes: all fields have a harmless value, so that a test names what matters. */
import type { QuarantineDocument } from '@sluice/core/ports/quarantine-index.ts';

export const accountOf = (n: number): string => `0193a000-0000-7000-8000-${pad(n)}`;
export const domainOf = (n: number): string => `0193d000-0000-7000-8000-${pad(n)}`;
export const mailOf = (n: number): string => `0193e000-0000-7000-8000-${pad(n)}`;

const pad = (n: number): string => String(n).padStart(12, '0');

const start = Date.UTC(2026, 10, 22);

/** `n` seconds after the start of a day. */
export const at = (n: number): string => new Date(start + n * 1000).toISOString();

/** The mail number `n`, received at second `n`, for domain 1 of account 1. */
export const document = (n: number, fields: Partial<QuarantineDocument> = {}): QuarantineDocument => ({
  mailId: mailOf(n),
  accountId: accountOf(1),
  domainId: domainOf(1),
  receivedAt: at(n),
  verdict: 'reject',
  reason: 'spf-fail',
  checks: ['spf'],
  sender: 'sender@remote.test',
  recipients: ['info@customer.test'],
  from: 'Somebody <somebody@remote.test>',
  subject: 'A subject',
  attachmentNames: [],
  body: 'Some text',
  size: 1234,
  ...fields,
});
