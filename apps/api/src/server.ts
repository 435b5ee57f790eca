/** The HTTP server of the api: tRPC, raw mails, status and health. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createHTTPHandler } from '@trpc/server/adapters/standalone';
import { createHealthHandler, type Log, type Metrics, sendJson } from '@sluice/telemetry';
import { authenticate } from './credentials.ts';
import { rawMailId, sendRaw } from './raw.ts';
import { appRouter } from './router.ts';
import type { Services } from './services.ts';

export interface ApiServerOptions {
  readonly services: Services;
  readonly operatorToken: string;
  readonly metrics: Metrics;
  readonly log: Log;
}

const maxBodyBytes = 1024 * 1024;

export function createApiServer({ services, operatorToken, metrics, log }: ApiServerOptions): Server {
  const health = createHealthHandler({ role: 'api', ready: services.status, metrics });
  const trpc = createHTTPHandler({
    router: appRouter,
    basePath: '/trpc/',
    maxBodySize: maxBodyBytes,
    createContext: ({ req }) => ({ caller: authenticate(req, operatorToken), services }),
    onError: ({ error, path }) => {
      if (error.code === 'INTERNAL_SERVER_ERROR')
        log.error({ path, error: String(error.cause ?? error) }, 'A request failed');
    },
  });
  return createServer((request, response) => {
    if (health(request, response)) return;
    route({ services, operatorToken, trpc }, request, response).catch((error: unknown) => {
      log.error({ error: String(error) }, 'A request failed');
      if (!response.headersSent) sendJson(response, 500, { error: 'Something went wrong on our side.' });
      else response.destroy();
    });
  });
}

interface Routes {
  readonly services: Services;
  readonly operatorToken: string;
  readonly trpc: (request: IncomingMessage, response: ServerResponse) => void;
}

async function route(
  { services, operatorToken, trpc }: Routes,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = request.url ?? '/';
  const mailId = request.method === 'GET' ? rawMailId(url) : undefined;
  if (mailId !== undefined)
    return sendRaw(services, { mailId, caller: authenticate(request, operatorToken) }, response);
  if (url.split('?')[0] === '/status') return sendStatus(services, response);
  if (url.startsWith('/trpc/')) return trpc(request, response);
  sendJson(response, 404, {
    error: 'There is nothing here. The api answers under /trpc, /status and /mails/ID/raw.',
  });
}

async function sendStatus(services: Services, response: ServerResponse): Promise<void> {
  const parts = await services.status();
  const ready = Object.values(parts).every((part) => part.ready);
  sendJson(response, ready ? 200 : 503, { ready, parts });
}
