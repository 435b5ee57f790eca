/** Replies that the listener gives by itself, and how a reply is written. */
import type { SmtpReply } from '@sluice/core/ports/smtp-session.ts';

const reply = (code: number, enhanced: string, text: string): SmtpReply => ({ code, enhanced, text });

export const replies = {
  ok: reply(250, '2.0.0', 'OK'),
  bye: reply(221, '2.0.0', 'Bye'),
  // RFC 5321 §3.5.3: neither yes nor no.
  vrfy: reply(252, '2.1.5', 'Cannot verify that; send the mail and see'),
  help: reply(214, '2.0.0', 'RFC 5321'),
  startMail: { code: 354, text: 'End data with <CR><LF>.<CR><LF>' },
  startTls: reply(220, '2.0.0', 'Ready to start TLS'),
  helloFirst: reply(503, '5.5.1', 'Say EHLO first'),
  mailFirst: reply(503, '5.5.1', 'MAIL comes first'),
  nestedMail: reply(503, '5.5.1', 'There is a transaction already; RSET ends it'),
  rcptFirst: reply(503, '5.5.1', 'RCPT comes first'),
  noRecipients: reply(554, '5.5.1', 'No valid recipients'),
  noParameters: reply(501, '5.5.4', 'This command takes no parameters'),
  helloSyntax: reply(501, '5.5.4', 'Give one host name or address in brackets'),
  vrfySyntax: reply(501, '5.5.4', 'Give an address'),
  senderSyntax: reply(501, '5.1.7', 'Write MAIL FROM:<local@domain>'),
  recipientSyntax: reply(501, '5.1.3', 'Write RCPT TO:<local@domain>'),
  doubledParameter: reply(501, '5.5.4', 'A parameter is given twice'),
  badSize: reply(501, '5.5.4', 'SIZE is a number of bytes'),
  badBody: reply(501, '5.5.4', 'BODY is 7BIT or 8BITMIME'),
  badUtf8: reply(501, '5.5.4', 'SMTPUTF8 takes no value'),
  unknownParameter: reply(555, '5.5.4', 'Unknown parameter'),
  notUtf8: reply(501, '5.5.2', 'The command is not UTF-8'),
  // RFC 6531 §3.5
  needsSmtpUtf8: reply(553, '5.6.7', 'Such an address needs SMTPUTF8'),
  notImplemented: reply(502, '5.5.1', 'Not implemented'),
  unknown: reply(500, '5.5.2', 'Unknown command'),
  tlsActive: reply(503, '5.5.1', 'TLS is active already'),
  localError: reply(451, '4.3.0', 'A problem on our side; try again later'),
  shuttingDown: reply(421, '4.3.2', 'Shutting down; try again later'),
  tooManyConnections: reply(421, '4.3.2', 'Too many connections; try again later'),
  tooManyCommands: reply(421, '4.7.0', 'Too many commands'),
  tooManyUnknown: reply(421, '4.7.0', 'Too many unknown commands'),
  http: reply(421, '4.7.0', 'This is SMTP, not HTTP'),
  lineTooLong: reply(500, '5.5.2', 'Line too long'),
  idle: reply(421, '4.4.2', 'Nothing was said for too long'),
  tooSlow: reply(421, '4.4.2', 'This takes too long'),
} as const satisfies Record<string, SmtpReply>;

const unprintable = /[^\u0020-\u007e]/g;

/** RFC 5321 §4.5.3.1.5: 512 octets with code and line end. */
const maxText = 480;

/** One line; what is not printable ASCII cannot be told here and becomes a question mark. */
export function writeReply({ code, enhanced, text }: SmtpReply): string {
  const words = (unprintable.test(text) ? text.replace(unprintable, '?') : text).slice(0, maxText);
  return enhanced === undefined ? `${code} ${words}\r\n` : `${code} ${enhanced} ${words}\r\n`;
}

/** Several lines of one reply, such as the answer to EHLO (RFC 5321 §4.1.1.1). */
export const writeLines = (code: number, lines: readonly string[]): string =>
  lines.map((line, index) => `${code}${index === lines.length - 1 ? ' ' : '-'}${line}\r\n`).join('');
