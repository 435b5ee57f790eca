/** Raw mails put together for the tests of the inspector. */
import type { InspectedMessage, MessageInspector } from '@sluice/core/ports/message-inspector.ts';

/** Lines joined by CRLF, the last one ended too. */
export const lines = (...text: readonly string[]): Buffer => Buffer.from(`${text.join('\r\n')}\r\n`);

/** A mail with one attachment of the given bytes under the given fields. */
export function mailWith(fields: readonly string[], content: Uint8Array): Buffer {
  return lines(
    'From: Sender <sender@example.com>',
    'To: recipient@example.org',
    'Subject: attached',
    'MIME-Version: 1.0',
    'Content-Type: multipart/mixed; boundary="between"',
    '',
    '--between',
    'Content-Type: text/plain; charset=utf-8',
    '',
    'See the file.',
    '--between',
    ...fields,
    'Content-Transfer-Encoding: base64',
    '',
    Buffer.from(content)
      .toString('base64')
      .replace(/(.{76})/g, '$1\r\n'),
    '--between--',
  );
}

export const attachment = (name: string): readonly string[] => [
  'Content-Type: application/octet-stream',
  `Content-Disposition: attachment; filename="${name}"`,
];

/** What is in a mail; throws where nobody knows. */
export async function inspected(
  inspector: MessageInspector,
  raw: Uint8Array,
  options: Parameters<MessageInspector['inspect']>[1] = { textLimit: 10_000, deadlineMs: 10_000 },
): Promise<InspectedMessage> {
  const result = await inspector.inspect(raw, options);
  if (!result.ok) throw new Error(`not inspected: ${result.error}`);
  return result.value;
}

export const namesIn = (message: InspectedMessage): readonly string[] =>
  message.parts.flatMap((part) => [...(part.name === undefined ? [] : [part.name]), ...part.otherNames]);
