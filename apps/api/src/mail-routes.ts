/** `GET /mails/ID/{raw,html,parts/N}`: the inside of a kept mail. It is hostile: each answer says how little it may do. */
import type { ServerResponse } from 'node:http';
import { sendJson } from '@sluice/telemetry';
import type { ViewFailure } from '@sluice/core/ports/mail-viewer.ts';
import type { Caller } from './access.ts';
import { attachmentHeader, safeFileName } from './attachment-name.ts';
import { type OpenMail, openMail } from './open-mail.ts';
import type { Services } from './services.ts';

export interface MailRequest {
  readonly mailId: string;
  readonly what: 'raw' | 'html' | 'part';
  /** Of the part. */
  readonly index: number;
}

/** What of which mail a path names; undefined if the path is another. */
export function mailRequestOf(url: string): MailRequest | undefined {
  const found = /^\/mails\/([0-9a-f-]{36})\/(?:(raw)|(html)|parts\/(\d{1,6}))(?:\?|$)/.exec(url);
  const [, mailId, raw, html, index] = found ?? [];
  if (mailId === undefined) return undefined;
  if (raw !== undefined) return { mailId, what: 'raw', index: 0 };
  return { mailId, what: html === undefined ? 'part' : 'html', index: Number(index ?? 0) };
}

/** `caller`: may read mails; which ones, their scope says. */
export async function sendMail(
  services: Services,
  { request, caller }: { readonly request: MailRequest; readonly caller: Caller },
  response: ServerResponse,
): Promise<void> {
  const mail = await openMail(services, caller, request.mailId);
  if (!mail.ok) return sendJson(response, mail.error.status, { error: mail.error.message });
  // What is shown as text or tidied HTML does no harm; bytes that leave may.
  const withheld = request.what === 'html' ? undefined : await mail.value.withheld();
  if (withheld !== undefined) return sendJson(response, withheld.status, { error: withheld.message });
  switch (request.what) {
    case 'raw':
      return sendRaw(mail.value, request, response);
    case 'html':
      return sendHtml(services, mail.value, response);
    case 'part':
      return sendPart(services, { mail: mail.value, index: request.index }, response);
  }
}

const closed = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cache-control': 'private, no-store',
} as const;

/** For what is downloaded: opened all the same, it may do nothing. */
const download = { ...closed, 'content-security-policy': "sandbox; default-src 'none'" } as const;

const documentPolicy = [
  'sandbox allow-popups',
  "default-src 'none'",
  'img-src data:',
  "style-src 'unsafe-inline'",
  "form-action 'none'",
  "frame-ancestors 'self'",
  "base-uri 'none'",
].join('; ');

async function sendRaw(mail: OpenMail, { mailId }: MailRequest, response: ServerResponse): Promise<void> {
  await mail.recordLook('raw');
  response.writeHead(200, {
    ...download,
    'content-type': 'message/rfc822',
    'content-length': mail.raw.length,
    'content-disposition': `attachment; filename="${mailId}.eml"`,
  });
  response.end(mail.raw);
}

async function sendHtml({ viewer }: Services, mail: OpenMail, response: ServerResponse): Promise<void> {
  const document = await viewer.html(mail.raw);
  if (!document.ok) return sendUnreadable(response, document.error);
  if (document.value === undefined)
    return sendJson(response, 404, { error: 'This mail has no HTML; its text says all.' });
  await mail.recordLook('content');
  const bytes = Buffer.from(document.value.html);
  response.writeHead(200, {
    ...closed,
    'content-security-policy': documentPolicy,
    'content-type': 'text/html; charset=utf-8',
    'content-length': bytes.length,
  });
  response.end(bytes);
}

async function sendPart(
  { viewer }: Services,
  { mail, index }: { readonly mail: OpenMail; readonly index: number },
  response: ServerResponse,
): Promise<void> {
  const part = await viewer.part(mail.raw, index);
  if (!part.ok) return sendUnreadable(response, part.error);
  if (part.value === undefined) return sendJson(response, 404, { error: 'This mail has no such part.' });
  await mail.recordLook('content');
  response.writeHead(200, {
    ...download,
    'content-type': 'application/octet-stream',
    'content-length': part.value.bytes.length,
    'content-disposition': attachmentHeader(safeFileName(part.value.name, index)),
  });
  response.end(part.value.bytes);
}

/** Mails can be built so that taking them apart never ends. */
export const unreadable: Readonly<Record<ViewFailure, string>> = {
  timeout: 'This mail takes too long to take apart; download it as it came instead.',
  failed: 'This mail could not be taken apart; download it as it came instead.',
};

const sendUnreadable = (response: ServerResponse, failure: ViewFailure): void =>
  sendJson(response, 422, { error: unreadable[failure] });
