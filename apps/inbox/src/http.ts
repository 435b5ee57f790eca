/** The HTTP side of the demo inbox: pages for people, the same as JSON for programs. */
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { MessageInspector } from '@sluice/core/ports/message-inspector.ts';
import { sendJson } from '@sluice/telemetry';
import type { InboxMail, MailStore } from './mail-store.ts';
import { listPage, mailPage, missingPage } from './pages.ts';

interface Parts {
  readonly store: MailStore;
  readonly inspector: MessageInspector;
}

const maxListed = 100;
const inspection = { textLimit: 200_000, deadlineMs: 5_000 };

export function createInboxServer(parts: Parts): Server {
  return createServer((request, response) => {
    answer(parts, request.url ?? '/', response).catch(() => {
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
  });
}

async function answer(parts: Parts, url: string, response: ServerResponse): Promise<void> {
  const path = url.split('?')[0] ?? '/';
  if (path === '/') return html(response, 200, listPage(shown(parts)));
  if (path === '/mails.json') return sendJson(response, 200, { items: shown(parts) });
  const [, id = '', isRaw] = /^\/mails\/(\d+)(\/raw)?$/.exec(path) ?? [];
  const mail = parts.store.list().find((one) => one.id === id);
  const raw = await parts.store.raw(id);
  if (mail === undefined || raw === undefined) return html(response, 404, missingPage());
  if (isRaw === undefined) return html(response, 200, mailPage(mail, await inspect(parts, raw)));
  // As text, never as what the mail says it is: a browser must not run it.
  response.writeHead(200, { 'content-type': 'text/plain; charset=utf-8', ...guards }).end(raw);
}

const guards = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; img-src data:",
  'cache-control': 'no-store',
};

function html(response: ServerResponse, status: number, text: string): void {
  response.writeHead(status, { 'content-type': 'text/html; charset=utf-8', ...guards }).end(text);
}

async function inspect({ inspector }: Parts, raw: Uint8Array) {
  const inspected = await inspector.inspect(raw, inspection);
  return inspected.ok ? inspected.value : undefined;
}

const shown = ({ store }: Parts): readonly InboxMail[] => store.list().slice(0, maxListed);
