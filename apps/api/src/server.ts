/** The HTTP server of the api: tRPC, raw mails, status and health. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createHTTPHandler } from '@trpc/server/adapters/standalone';
import { createHealthHandler, type Log, type Metrics, sendJson } from '@sluice/telemetry';
import { faultOf } from './faults.ts';
import { rawMailId, sendRaw } from './raw.ts';
import { appRouter } from './router.ts';
import type { Services } from './services.ts';
import type { Caller } from './trpc.ts';

export interface ApiServerOptions {
  readonly services: Services;
  /** Who calls; undefined without valid credentials. */
  readonly authenticate: (request: IncomingMessage) => Caller | undefined;
  readonly metrics: Metrics;
  readonly log: Log;
}

const maxBodyBytes = 1024 * 1024;

export function createApiServer({ services, authenticate, metrics, log }: ApiServerOptions): Server {
  const health = createHealthHandler({ role: 'api', ready: services.status, metrics });
  const trpc = createHTTPHandler({
    router: appRouter,
    basePath: '/trpc/',
    maxBodySize: maxBodyBytes,
    createContext: ({ req }) => ({ caller: authenticate(req), services }),
    onError: ({ error, path }) => {
      if (error.code === 'INTERNAL_SERVER_ERROR')
        log.error({ path, error: String(error.cause ?? error) }, 'A request failed');
    },
  });
  return createServer((request, response) => {
    if (health(request, response)) return;
    route({ services, authenticate, trpc }, request, response).catch((error: unknown) => {
      log.error({ error: String(error) }, 'A request failed');
      const { status, message } = faultOf(error);
      if (!response.headersSent) sendJson(response, status, { error: message });
      else response.destroy();
    });
  });
}

interface Routes {
  readonly services: Services;
  readonly authenticate: ApiServerOptions['authenticate'];
  readonly trpc: (request: IncomingMessage, response: ServerResponse) => void;
}

async function route(
  { services, authenticate, trpc }: Routes,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = request.url ?? '/';
  const mailId = request.method === 'GET' ? rawMailId(url) : undefined;
  if (mailId !== undefined) return sendRaw(services, { mailId, caller: authenticate(request) }, response);
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
