/** What of a mail is worth listing, under 1 kB: from the inspector's reading, or from the header where that says enough. */
import type { ContentSummary } from '../decision/mail-judged.ts';
import type { InspectedMessage, Mailbox } from '../ports/message-inspector.ts';
import type { HeaderView } from '../message/header-view.ts';

/** Bytes in UTF-8. */
const room = { subject: 180, from: 140, messageId: 140, names: 200, excerpt: 180 };

/** Characters of text that a summary needs. */
export const excerptCharacters = 400;

export function summarize(message: InspectedMessage): ContentSummary {
  const names = message.parts.flatMap(({ name, disposition, path }) =>
    name !== undefined && !path.includes('/') && disposition !== 'inline' ? [name] : [],
  );
  return {
    subject: clip(message.subject, room.subject),
    from: clip(message.from.map(mailboxText).join(', '), room.from),
    messageId: clip(message.messageId, room.messageId),
    attachmentNames: clipAll(names, room.names),
    excerpt: clip(message.text, room.excerpt),
  };
}

/** Undefined where only a parser can tell: encoded words, MIME structure, encodings, other character sets. */
export function summarizePlain(
  { fields, bodyStart }: HeaderView,
  raw: Uint8Array,
): ContentSummary | undefined {
  const first = (name: string): string => fields.get(name)?.[0] ?? '';
  const subject = first('subject');
  const from = first('from');
  if (subject.includes('=?') || from.includes('=?') || !isPlainText(fields)) return undefined;
  const body = Buffer.from(raw.buffer, raw.byteOffset + bodyStart, raw.byteLength - bodyStart);
  return {
    subject: clip(subject, room.subject),
    from: clip(plainMailbox(from), room.from),
    messageId: clip(first('message-id'), room.messageId),
    attachmentNames: [],
    excerpt: clip(body.toString('utf8', 0, excerptCharacters), room.excerpt),
  };
}

/** For a mail that nobody could read. */
export const summarizeUnreadable = ({ fields }: HeaderView): ContentSummary => ({
  subject: clip(fields.get('subject')?.[0] ?? '', room.subject),
  from: clip(fields.get('from')?.[0] ?? '', room.from),
  messageId: clip(fields.get('message-id')?.[0] ?? '', room.messageId),
  attachmentNames: [],
  excerpt: '',
});

/** Text whose bytes are its characters: RFC 2045 §5.2 defaults, or said to be so. Fields given twice say nothing. */
function isPlainText(fields: HeaderView['fields']): boolean {
  const { length } = [
    ...(fields.get('content-type') ?? []),
    ...(fields.get('content-transfer-encoding') ?? []),
  ];
  const type = fields.get('content-type')?.[0];
  const encoding = fields.get('content-transfer-encoding')?.[0];
  const isSingle = length === Number(type !== undefined) + Number(encoding !== undefined);
  if (!isSingle || fields.has('content-disposition')) return false;
  return isPlainType(type) && (encoding === undefined || /^(?:7bit|8bit|binary)$/i.test(encoding));
}

const isPlainType = (type: string | undefined): boolean =>
  type === undefined || /^text\/plain\s*(?:;\s*charset="?(?:us-ascii|utf-8)"?\s*)?$/i.test(type);

const mailboxText = ({ name, address }: Mailbox): string =>
  name === '' ? address : address === '' ? name : `${name} <${address}>`;

/** `"Name" <a@b>` as the inspector's reading spells it. */
const plainMailbox = (text: string): string =>
  text.replace(/^"([^"\\]*)"\s*</, '$1 <').replace(/^<([^<>]*)>$/, '$1');

/** White space folded, control characters gone, cut at a whole character. */
function clip(text: string, bytes: number): string {
  // The longest that can matter: no character is cut that might still fit.
  const tidy = text
    .slice(0, bytes * 4)
    .replace(/[\s\p{Cc}]+/gu, ' ')
    .trim()
    .slice(0, bytes);
  if (Buffer.byteLength(tidy) <= bytes) return tidy;
  let kept = '';
  let left = bytes;
  for (const character of tidy) {
    left -= Buffer.byteLength(character);
    if (left < 0) break;
    kept += character;
  }
  return kept;
}

function clipAll(names: readonly string[], bytes: number): readonly string[] {
  let left = bytes;
  return names.flatMap((name) => {
    if (left <= 0) return [];
    const kept = clip(name, Math.min(left, 80));
    left -= Buffer.byteLength(kept);
    return kept === '' ? [] : [kept];
  });
}
