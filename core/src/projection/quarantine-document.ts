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
    // What was accepted and could not be delivered is kept like a held mail.
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

export const isQuarantined = (data: Pick<MailJudgedData, 'verdict' | 'kept'>): boolean =>
  data.kept && (data.verdict === 'reject' || data.verdict === 'hold');

function attachmentNames(
  data: MailJudgedData,
  inspected: Pick<InspectedMessage, 'parts'> | undefined,
): readonly string[] {
  const names = inspected?.parts.flatMap(({ name, otherNames }) =>
    name === undefined ? otherNames : [name, ...otherNames],
  );
  const distinct = new Set(names ?? data.summary.attachmentNames);
  return [...distinct].slice(0, maxNames).map((name) => plainText(name, maxLine));
}
