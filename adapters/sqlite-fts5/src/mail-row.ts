/** One row of the list as SQLite gives it, and the hit that is made of it. */
import type { SQLOutputValue } from 'node:sqlite';
import type { QuarantineHit, QuarantineQuery } from '@sluice/core/ports/quarantine-index.ts';
import { unpackExcerptText } from './excerpt-text.ts';
import { fromMailKey } from './mail-key.ts';
import { receivedAt } from './row-order.ts';

export interface MailRow {
  readonly row: number;
  /** ms since 1970. */
  readonly received: number;
  readonly mail: Omit<QuarantineHit, 'excerpt'>;
  /** What an excerpt may be cut from, best first. */
  texts(fields: NonNullable<QuarantineQuery['fields']>): readonly string[];
}

type Columns = Readonly<Record<string, SQLOutputValue>>;

export function readMailRow(columns: Columns): MailRow {
  const received = receivedAt(columns);
  const text = (name: string): string => String(columns[name]);
  const recipients: unknown = JSON.parse(text('recipients'));
  const mail = {
    mailId: fromMailKey(columns['mail_id']),
    accountId: text('account_id'),
    domainId: text('domain_id'),
    receivedAt: new Date(received).toISOString(),
    verdict: columns['is_held'] === 1 ? ('hold' as const) : ('reject' as const),
    reason: text('reason'),
    sender: text('sender'),
    recipients: Array.isArray(recipients) ? recipients.map(String) : [],
    from: text('from_header'),
    subject: text('subject'),
    size: Number(columns['size']),
  };
  const packed = columns['excerpt'];
  return {
    row: Number(columns['row']),
    received,
    mail,
    texts: (fields) => {
      const headers = [mail.subject, mail.from, mail.sender, mail.recipients.join(' ')];
      return fields === 'all' && packed instanceof Uint8Array
        ? [unpackExcerptText(packed), ...headers]
        : headers;
    },
  };
}

export const toHit = ({ mail }: MailRow, excerpt: string): QuarantineHit => ({ ...mail, excerpt });
