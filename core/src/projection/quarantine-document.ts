/** What the quarantine's search knows of a mail: from its decision, and from the mail itself where it could be read. */
import { checkNames, type MailJudgedData } from '../decision/mail-judged.ts';
import type { EventMetadata } from '../kernel/event.ts';
import type { InspectedMessage } from '../ports/message-inspector.ts';
import { maxBodyCharacters, type QuarantineDocument } from '../ports/quarantine-index.ts';
import { plainText } from './plain-text.ts';

const maxLine = 2_000;
const maxNames = 100;

/** Undefined for a decision that keeps nothing in the quarantine. */
export function quarantineDocument(
  data: MailJudgedData,
  metadata: Pick<EventMetadata, 'at' | 'accountId' | 'domainId'>,
  inspected: Pick<InspectedMessage, 'parts' | 'text'> | undefined,
): QuarantineDocument | undefined {
  const { verdict } = data;
  const { accountId, domainId } = metadata;
  if (!isQuarantined(data) || accountId === undefined || domainId === undefined) return undefined;
  return {
    mailId: data.mailId,
    accountId,
    domainId,
    receivedAt: metadata.at,
    verdict: verdict === 'reject' ? 'reject' : 'hold',
    reason: data.reason,
    checks: checkNames(data.failed),
    sender: plainText(data.envelope.sender, maxLine),
    recipients: data.envelope.recipients.map((recipient) => plainText(recipient, maxLine)),
    from: plainText(data.summary.from, maxLine),
    subject: plainText(data.summary.subject, maxLine),
    attachmentNames: attachmentNames(data, inspected),
    body: plainText(inspected?.text ?? data.summary.excerpt, maxBodyCharacters),
    size: data.size,
  };
}

/**
 * A mail that was accepted and that the route would not take. The event names neither sender nor check, so the mail
 * itself has to tell what it can; the time is that of the failure, when it came into the quarantine.
 */
export function undeliverableDocument(
  mail: { readonly mailId: string; readonly recipients: readonly string[]; readonly size: number },
  { at, accountId, domainId }: Pick<EventMetadata, 'at' | 'accountId' | 'domainId'>,
  inspected: Pick<InspectedMessage, 'parts' | 'text' | 'subject' | 'from'> = unreadable,
): QuarantineDocument | undefined {
  if (accountId === undefined || domainId === undefined) return undefined;
  const author = inspected.from[0] ?? { name: '', address: '' };
  return {
    mailId: mail.mailId,
    accountId,
    domainId,
    receivedAt: at,
    verdict: 'hold',
    reason: 'undeliverable',
    checks: [],
    sender: plainText(author.address, maxLine),
    recipients: mail.recipients.map((recipient) => plainText(recipient, maxLine)),
    from: plainText(`${author.name} ${author.address}`.trim(), maxLine),
    subject: plainText(inspected.subject, maxLine),
    attachmentNames: namesOf(inspected.parts),
    body: plainText(inspected.text, maxBodyCharacters),
    size: mail.size,
  };
}

const unreadable = { parts: [], text: '', subject: '', from: [] };

export const isQuarantined = (data: Pick<MailJudgedData, 'verdict' | 'kept'>): boolean =>
  data.kept && (data.verdict === 'reject' || data.verdict === 'hold');

function attachmentNames(
  data: MailJudgedData,
  inspected: Pick<InspectedMessage, 'parts'> | undefined,
): readonly string[] {
  return inspected === undefined ? limited(data.summary.attachmentNames) : namesOf(inspected.parts);
}

const namesOf = (parts: InspectedMessage['parts']): readonly string[] =>
  limited(parts.flatMap(({ name, otherNames }) => (name === undefined ? otherNames : [name, ...otherNames])));

const limited = (names: readonly string[]): readonly string[] =>
  [...new Set(names)].slice(0, maxNames).map((name) => plainText(name, maxLine));
