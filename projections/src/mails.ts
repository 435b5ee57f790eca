/** Projection: one row a decision, followed through delivery, release and expiry. */
import type { MailJudged, MailJudgedData } from '@sluice/core/decision/mail-judged.ts';
import type { RecordedEvent } from '@sluice/core/kernel/event.ts';
import { type MailEvent, mailFormats } from '@sluice/core/mail/mail.ts';
import { firstDeliveries, followDelivery, overallDelivery } from '@sluice/core/projection/delivery.ts';
import { plainText } from '@sluice/core/projection/plain-text.ts';
import { insertMails, loadProgress, type MailProgress, type NewMail, updateProgress } from '@sluice/postgres';
import type { PostgresProjection } from './postgres-target.ts';
import type { KnownEvent, Opened, ReadEvents } from './read-event.ts';

const maxLine = 2_000;

export const createMails = (read: ReadEvents): PostgresProjection => ({
  name: 'mails',
  tables: ['mails'],
  streamPrefixes: ['decisions-', 'mail-'],
  failure: { retries: 3, atLast: 'park' },
  batchEvents: 1_000,
  async prepare(events) {
    const opened = await read(events);
    const mails = opened.flatMap((one) => newMail(one));
    const later = opened.filter((one) => Object.hasOwn(mailFormats, one.recorded.type));
    return async (tx) => {
      await insertMails(tx, mails);
      if (later.length === 0) return;
      const known = await loadProgress(tx, [...new Set(later.map(({ recorded }) => mailIdOf(recorded)))]);
      await updateProgress(tx, followAll(known, later));
    };
  },
});

const mailIdOf = ({ stream }: RecordedEvent): string => stream.slice('mail-'.length);

/** Of an erased decision nothing is listed: the row would hold no more than the log does. */
function newMail(opened: Opened): readonly NewMail[] {
  if (opened.status !== 'open' || !isDecision(opened.event)) return [];
  const { data } = opened.event;
  const { metadata, position, revision } = opened.recorded;
  const { accountId, domainId } = metadata;
  if (accountId === undefined || domainId === undefined) return [];
  const deliveries = firstDeliveries(data, metadata.at);
  return [
    {
      ...plainColumns(data),
      accountId,
      domainId,
      edge: metadata.edge ?? data.chain.edge,
      receivedAt: metadata.at,
      position: position.toString(),
      revision,
      sender: plainText(data.envelope.sender, maxLine),
      recipients: data.envelope.recipients.map((recipient) => plainText(recipient, maxLine)),
      subject: plainText(data.summary.subject, maxLine),
      from: plainText(data.summary.from, maxLine),
      kept: metadata.intake?.body !== undefined,
      body: metadata.intake?.body,
      delivery: overallDelivery(deliveries),
      deliveries,
    },
  ];
}

const isDecision = (event: KnownEvent): event is MailJudged => event.type === 'MailJudged';

const plainColumns = ({ mailId, verdict, reason, score, size, sha256, policyRevision }: MailJudgedData) => ({
  mailId,
  verdict,
  reason,
  score,
  size,
  sha256,
  policyRevision,
});

/** The mails that changed. Events of a mail that is not known are left out: its decision was refused or erased. */
function followAll(known: readonly MailProgress[], later: readonly Opened[]): readonly MailProgress[] {
  const mails = new Map(known.map((mail) => [mail.mailId, mail]));
  const changed = new Set<string>();
  for (const { recorded, ...opened } of later) {
    const mail = mails.get(mailIdOf(recorded));
    if (mail === undefined || !mayChange(mail, recorded)) continue;
    const event = opened.status === 'open' ? (opened.event as MailEvent) : undefined;
    mails.set(mail.mailId, follow(mail, recorded, event));
    changed.add(mail.mailId);
  }
  return [...mails.values()].filter((mail) => changed.has(mail.mailId));
}

/** An edge speaks for the mails that it decided, and for no others. */
const mayChange = (mail: MailProgress, { metadata }: RecordedEvent): boolean =>
  metadata.domainId === mail.domainId && (metadata.actor.kind !== 'edge' || metadata.actor.id === mail.edge);

/** `event`: undefined if it was erased. */
function follow(
  mail: MailProgress,
  { type, metadata }: RecordedEvent,
  event: MailEvent | undefined,
): MailProgress {
  const { at } = metadata;
  if (type === 'MailExpired') return { ...mail, body: undefined, expiredAt: at, updatedAt: at };
  const deliveries = event === undefined ? mail.deliveries : followDelivery(mail.deliveries, event, at);
  return {
    ...mail,
    deliveries,
    delivery: overallDelivery(deliveries),
    body: metadata.intake?.body ?? mail.body,
    updatedAt: at,
  };
}
