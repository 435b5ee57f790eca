/** The envelope of an old mail, derived from its header: from whom and by whom it came, for whom, and when. */
import type { AnyCheck, Envelope } from '../checks/check.ts';
import { readMailDate } from '../checks/mail-date.ts';
import { isNamed, recipientDomain } from '../edge/transaction.ts';
import type { HeaderView } from '../message/header-view.ts';
import { addressesIn } from './header-addresses.ts';
import { clientHop, readReceived } from './received-trace.ts';

export interface ImportedEnvelope {
  readonly envelope: Envelope;
  /** ISO 8601. */
  readonly receivedAt: string;
  /** What the header did not tell; a check of it would hold against the mail what nobody knows. */
  readonly unknown: { readonly client: boolean; readonly helo: boolean; readonly recipient: boolean };
}

export interface ImportedFile {
  /** Name of the domain, lower case. */
  readonly domain: string;
  /** Of the file, milliseconds since 1970. */
  readonly modifiedAt: number;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/** Stands where no client is known (RFC 6890 §2.2.2: no host has it). */
const unknownClient = '0.0.0.0';
const maxRecipients = 100;
/** RFC 822 is of August 1982: no mail of its form is older. */
const firstMail = Temporal.Instant.from('1982-08-13T00:00:00Z').epochMilliseconds;

type Fields = HeaderView['fields'];

export function importedEnvelope(
  { fields }: Pick<HeaderView, 'fields'>,
  file: ImportedFile,
): ImportedEnvelope {
  const received = fields.get('received') ?? [];
  const hop = clientHop(received);
  const recipients = recipientsIn(fields, file.domain);
  return {
    envelope: {
      ip: hop?.ip ?? unknownClient,
      helo: hop?.helo ?? '',
      sender: senderIn(fields),
      recipients: recipients.length > 0 ? recipients : [`postmaster@${file.domain}`],
      imported: true,
    },
    receivedAt: Temporal.Instant.fromEpochMilliseconds(timeOf(fields, file)).toString({
      fractionalSecondDigits: 3,
    }),
    unknown: {
      client: hop?.ip === undefined,
      helo: hop?.helo === undefined,
      recipient: recipients.length === 0,
    },
  };
}

/** Checks that have something to look at in a mail from an archive; `dns`: today's DNS may be asked about it too. */
export const mayRunImported =
  ({ unknown }: Pick<ImportedEnvelope, 'unknown'>, { dns }: { readonly dns: boolean }) =>
  (check: Pick<AnyCheck, 'phase' | 'asksNow'>): boolean =>
    (dns || check.asksNow !== true) &&
    !(unknown.client && check.phase === 'connect') &&
    !(unknown.helo && check.phase === 'helo');

/** Of Return-Path, which the server that received it wrote ('' for `<>`), else the author's. */
function senderIn(fields: Fields): string {
  const path = fields.get('return-path')?.[0];
  if (path !== undefined && /^\s*<\s*>/.test(path)) return '';
  return addressesIn(path ?? '')[0] ?? addressesIn(fields.get('from')?.[0] ?? '')[0] ?? '';
}

/** The nearest to the envelope that names somebody of the domain: To names those too who got another copy. */
function recipientsIn(fields: Fields, domain: string): readonly string[] {
  for (const name of ['delivered-to', 'x-original-to', 'to']) {
    const ours = (fields.get(name) ?? [])
      .flatMap(addressesIn)
      .filter((address) => recipientDomain(address) === domain);
    const recipients: string[] = [];
    for (const address of ours) if (!isNamed(recipients, address)) recipients.push(address);
    if (recipients.length > 0) return recipients.slice(0, maxRecipients);
  }
  return [];
}

/** Of the topmost Received header, else of the Date header, else of the file; never in the future. */
function timeOf(fields: Fields, { modifiedAt, now }: ImportedFile): number {
  const topmost = fields.get('received')?.[0];
  const candidates = [
    topmost === undefined ? undefined : readReceived(topmost).at,
    readMailDate(fields.get('date')?.[0]?.slice(0, 200) ?? ''),
    Math.floor(modifiedAt),
  ];
  return candidates.find((at) => at !== undefined && at >= firstMail && at <= now) ?? now;
}
