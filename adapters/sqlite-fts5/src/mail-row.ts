/** One row of the list as SQLite gives it. */
import type { SQLOutputValue } from 'node:sqlite';
import type { QuarantineHit } from '@sluice/core/ports/quarantine-index.ts';
import { fromMailKey } from './mail-key.ts';
import { slotMs } from './row-order.ts';

export interface MailRow {
  readonly row: number;
  /** ms since 1970. */
  readonly received: number;
  readonly mail: Omit<QuarantineHit, 'excerpt'>;
  /** The beginning of its text, packed (excerpt-text.ts); undefined where it has none. */
  readonly excerptText: Uint8Array | undefined;
}

/** Of `mails` and `tenants`, in the order in which `readMailRow` takes them. */
export const mailColumns = `mails.row, mail_id, account_id, domain_id, rest_ms, is_held, reason, sender, recipients,
  from_header, subject, size, excerpt`;

/** By place and not by name, since an object of many names costs as much as the look at the row. */
export function readMailRow(values: readonly SQLOutputValue[]): MailRow {
  const [
    row,
    key,
    accountId,
    domainId,
    restMs,
    isHeld,
    reason,
    sender,
    recipients,
    from,
    subject,
    size,
    text,
  ] = values;
  const received = Number(row) * slotMs + Number(restMs);
  const parsed: unknown = JSON.parse(String(recipients));
  return {
    row: Number(row),
    received,
    mail: {
      mailId: fromMailKey(key),
      accountId: String(accountId),
      domainId: String(domainId),
      receivedAt: new Date(received).toISOString(),
      verdict: isHeld === 1 ? 'hold' : 'reject',
      reason: String(reason),
      sender: String(sender),
      recipients: Array.isArray(parsed) ? parsed.map(String) : [],
      from: String(from),
      subject: String(subject),
      size: Number(size),
    },
    excerptText: text instanceof Uint8Array ? text : undefined,
  };
}
