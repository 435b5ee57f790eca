/** Header fields that an edge puts before the mail it delivers: Received, Authentication-Results, the verdict. */
import type { Envelope, Gathered } from '../checks/check.ts';
import type { DmarcRecord } from '../dmarc/discover.ts';
import type { DkimSignature, SpfObservation } from '../ports/mail-authenticator.ts';
import type { SmtpHello } from '../ports/smtp-session.ts';
import { type ToldVerdict, verdictHeader } from './trace-verdict.ts';

export { cutForged } from './trace-cut.ts';

export interface TraceInput {
  /** Our own name: also the authserv-id of RFC 8601. */
  readonly hostname: string;
  readonly mailId: string;
  /** ISO 8601. */
  readonly receivedAt: string;
  readonly envelope: Envelope;
  readonly hello: SmtpHello;
  readonly smtpUtf8: boolean;
  readonly facts: Readonly<Record<string, Gathered<unknown>>>;
  /** Every X-Sluice- field of the mail itself is cut before it. */
  readonly told: Omit<ToldVerdict, 'mailId'>;
}

/** CRLF at the end of each line. */
export function traceHeaders(input: TraceInput): string {
  const { mailId, told } = input;
  return `${received(input)}${authenticationResults(input)}${verdictHeader({ mailId, ...told })}`;
}

/** RFC 5321 §4.4, RFC 3848 and RFC 6531 §4.3 for the protocol. */
function received({ hostname, mailId, receivedAt, envelope, hello, smtpUtf8 }: TraceInput): string {
  const { tls } = hello;
  const protocol = `${smtpUtf8 ? 'UTF8' : hello.extended ? 'E' : ''}SMTP${tls === undefined ? '' : 'S'}`;
  const lines = [
    `Received: from ${safeName(envelope.helo)} (${literal(envelope.ip)})`,
    `by ${hostname} with ${protocol}`,
    ...(tls === undefined ? [] : [`(version=${safeName(tls.protocol)} cipher=${safeName(tls.cipher)})`]),
    `id ${mailId}`,
    // With several, nobody learns from us who else got it.
    ...(envelope.recipients.length === 1 ? [`for <${envelope.recipients[0]}>`] : []),
  ];
  return `${lines.join('\r\n\t')};\r\n\t${mailDate(receivedAt)}\r\n`;
}

/** RFC 8601 §2.2. */
function authenticationResults({ hostname, envelope, facts }: TraceInput): string {
  const results = [spfResult(facts, envelope), ...dkimResults(facts), dmarcResult(facts)].filter(
    (one) => one !== undefined,
  );
  const list = results.length === 0 ? ' none' : results.map((one) => `\r\n\t${one}`).join(';');
  return `Authentication-Results: ${hostname};${list}\r\n`;
}

function spfResult(facts: TraceInput['facts'], envelope: Envelope): string | undefined {
  const spf = factOf<SpfObservation>(facts['spf']);
  if (spf === undefined) return undefined;
  const about =
    envelope.sender === '' ? `smtp.helo=${value(envelope.helo)}` : `smtp.mailfrom=${value(spf.domain)}`;
  return `spf=${spf.result} ${about}`;
}

const dkimResults = (facts: TraceInput['facts']): readonly string[] =>
  (factOf<{ readonly signatures: readonly DkimSignature[] }>(facts['dkim'])?.signatures ?? [])
    .slice(0, 10)
    .map(
      ({ result, domain, selector, algorithm }) =>
        `dkim=${result} header.d=${value(domain)} header.s=${value(selector)} header.a=${value(algorithm)}`,
    );

function dmarcResult(facts: TraceInput['facts']): string | undefined {
  const dmarc = factOf<{
    readonly record: DmarcRecord;
    readonly proofs: readonly { readonly aligned?: boolean }[];
  }>(facts['dmarc']);
  if (dmarc === undefined) return undefined;
  const { record, proofs } = dmarc;
  const isProven = proofs.some(({ aligned }) => aligned === true);
  const result = record.status === 'found' ? (isProven ? 'pass' : 'fail') : record.status;
  return `dmarc=${result} header.from=${value(record.fromDomain)}`;
}

const factOf = <T>(fact: Gathered<unknown> | undefined): T | undefined =>
  fact?.status === 'observed' ? (fact.fact as T) : undefined;

/** A host name as the client gave it, without what could end or bend a header field. */
const safeName = (name: string): string => name.replace(/[^A-Za-z0-9._:[\]-]/g, '?').slice(0, 255);

/** RFC 5321 §4.1.3 */
const literal = (ip: string): string => (ip.includes(':') ? `[IPv6:${ip}]` : `[${ip}]`);

/** RFC 8601 §2.2 pvalue: a token or address as it is, anything else quoted. */
function value(text: string): string {
  const short = text.slice(0, 255);
  if (/^[A-Za-z0-9._@+-]+$/.test(short)) return short;
  return `"${short.replace(/[^\x20-\x7e]/g, '?').replace(/["\\]/g, '\\$&')}"`;
}

const days = ['Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat', 'Sun'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

let today = { iso: '', text: '' };

/** ISO 8601 UTC as RFC 5322 §3.3 writes it. */
export function mailDate(iso: string): string {
  const day = iso.slice(0, 10);
  // The same for all mails of a day.
  if (today.iso !== day) today = { iso: day, text: dayText(day) };
  return `${today.text} ${iso.slice(11, 19)} +0000`;
}

function dayText(day: string): string {
  const date = Temporal.PlainDate.from(day);
  return `${days[date.dayOfWeek - 1]}, ${date.day} ${months[date.month - 1]} ${date.year}`;
}
