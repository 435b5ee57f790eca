/** A mail as it is stored in Meilisearch, and the hit that is made of it. */
import type { QuarantineDocument, QuarantineHit } from '@sluice/core/ports/quarantine-index.ts';
import { isUuid } from '@sluice/core/archive/uuid.ts';
import { searchable } from './searchable.ts';
import { addressParts, idToken, tieOf } from './tokens.ts';

/** The text fields are for searching and excerpts, `hit` is what a list shows, the rest is for filters. */
export interface StoredMail {
  readonly id: string;
  readonly kind: 'mail';
  readonly account: string;
  readonly domain: string;
  /** ms since 1970. */
  readonly received: number;
  readonly tie: number;
  readonly reason: string;
  readonly checks: readonly string[];
  readonly senderParts: readonly string[];
  readonly recipientParts: readonly string[];
  readonly subject: string;
  readonly from: string;
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly attachmentNames: readonly string[];
  readonly body: string;
  readonly hit: Omit<QuarantineHit, 'excerpt'>;
}

/** Stands in the parts of an empty sender; no address has it. */
export const nullSender = '-';

export const documentId = (mailId: string): string => (isUuid(mailId) ? mailId : idToken(mailId));

export function toStored(mail: QuarantineDocument): StoredMail {
  const received = Date.parse(mail.receivedAt);
  if (Number.isNaN(received)) throw new TypeError(`not a time: ${JSON.stringify(mail.receivedAt)}`);
  const { attachmentNames, body, checks, ...shown } = mail;
  return {
    id: documentId(mail.mailId),
    kind: 'mail',
    account: idToken(mail.accountId),
    domain: idToken(mail.domainId),
    received,
    tie: tieOf(mail.mailId),
    reason: mail.reason,
    checks: [...new Set(checks)],
    senderParts: mail.sender === '' ? [nullSender] : addressParts(mail.sender),
    recipientParts: [...new Set(mail.recipients.flatMap(addressParts))],
    subject: searchable(mail.subject),
    from: searchable(mail.from),
    sender: searchable(mail.sender),
    recipients: mail.recipients.map(searchable),
    attachmentNames: attachmentNames.map(searchable),
    body: searchable(body),
    hit: { ...wellFormed(shown), receivedAt: new Date(received).toISOString() },
  };
}

/** Meilisearch takes JSON in UTF-8 only. */
function wellFormed(shown: Omit<QuarantineHit, 'excerpt'>): Omit<QuarantineHit, 'excerpt'> {
  const { recipients, sender, from, subject } = shown;
  return {
    ...shown,
    sender: sender.toWellFormed(),
    from: from.toWellFormed(),
    subject: subject.toWellFormed(),
    recipients: recipients.map((one) => one.toWellFormed()),
  };
}
