/** The HTTP server of the api: tRPC, raw mails, status and health. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { TRPCError } from '@trpc/server';
import { createHTTPHandler } from '@trpc/server/adapters/standalone';
import { createHealthHandler, type Log, type Metrics, sendJson } from '@sluice/telemetry';
import { admit } from './access.ts';
import { exportRequestOf, sendExport } from './decision-routes.ts';
import { faultOf } from './faults.ts';
import { mailRequestOf, sendMail } from './mail-routes.ts';
import { isForeign } from './origin.ts';
import { appRouter } from './router.ts';
import type { Services } from './services.ts';
import type { Caller } from './trpc.ts';

export interface ApiServerOptions {
  readonly services: Services;
  /** Who calls; undefined without valid credentials. */
  readonly authenticate: (request: IncomingMessage) => Promise<Caller | undefined>;
  /** Answers under /auth: signing in and out. */
  readonly auth: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  /** Under which people reach the panel, if it is known. */
  readonly publicUrl: string | undefined;
  readonly metrics: Metrics;
  readonly log: Log;
}

const maxBodyBytes = 1024 * 1024;

export function createApiServer(options: ApiServerOptions): Server {
  const { services, metrics, log } = options;
  const health = createHealthHandler({ role: 'api', ready: services.status, metrics });
  const trpc = createHTTPHandler({
    router: appRouter,
    basePath: '/trpc/',
    maxBodySize: maxBodyBytes,
    createContext: async ({ req }) => ({
      caller: await callerOf(options, req),
      services,
      again: () => callerOf(options, req),
    }),
    onError: ({ error, path }) => {
      if (error.code === 'INTERNAL_SERVER_ERROR')
        log.error({ path, error: String(error.cause ?? error) }, 'A request failed');
    },
  });
  return createServer((request, response) => {
    if (health(request, response)) return;
    route({ ...options, trpc }, request, response).catch((error: unknown) => {
      log.error({ error: String(error) }, 'A request failed');
      const { status, message } = faultOf(error);
      if (!response.headersSent) sendJson(response, status, { error: message });
      else response.destroy();
    });
  });
}

/** What goes wrong here is told like everything else: tRPC would give the cause's words to the client. */
async function callerOf(
  { authenticate }: ApiServerOptions,
  request: IncomingMessage,
): Promise<Caller | undefined> {
  try {
    return await authenticate(request);
  } catch (cause) {
    const { code, message } = faultOf(cause);
    throw new TRPCError({ code, message, cause });
  }
}

interface Routes extends ApiServerOptions {
  readonly trpc: (request: IncomingMessage, response: ServerResponse) => void;
}

async function route(routes: Routes, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { services, trpc, auth, publicUrl } = routes;
  const url = request.url ?? '/';
  if (isForeign(request, publicUrl)) return sendForeign(response);
  if (url.startsWith('/auth/')) return auth(request, response);
  if (request.method === 'GET' && url.startsWith('/mails/'))
    return sendMailIfAdmitted(routes, request, response);
  if (request.method === 'GET' && url.startsWith('/decisions/'))
    return sendExportIfAdmitted(routes, request, response);
  if (url.split('?')[0] === '/status') return sendStatus(services, response);
  if (url.startsWith('/trpc/')) return trpc(request, response);
  sendJson(response, 404, {
    error:
      'There is nothing here. The api answers under /trpc, /auth, /status and /mails/ID/{raw,html,parts/N}.',
  });
}

/** Everything under /mails shows the inside of a mail: one rule for all of it. */
async function sendMailIfAdmitted(
  { services, authenticate }: Routes,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const admitted = admit(await authenticate(request), 'read-mail');
  if (!admitted.ok) return sendJson(response, admitted.error.status, { error: admitted.error.message });
  const wanted = mailRequestOf(request.url ?? '/');
  if (wanted !== undefined) return sendMail(services, { request: wanted, caller: admitted.value }, response);
  sendJson(response, 404, { error: 'There is nothing here.' });
}

async function sendExportIfAdmitted(
  { services, authenticate }: Routes,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const admitted = admit(await authenticate(request), 'read');
  if (!admitted.ok) return sendJson(response, admitted.error.status, { error: admitted.error.message });
  const asked = exportRequestOf(request.url ?? '/');
  if (asked !== undefined) return sendExport(services, { asked, caller: admitted.value }, response);
  sendJson(response, 404, { error: 'There is nothing here.' });
}

/** In the shape of a tRPC error, so that its client shows the sentence. */
function sendForeign(response: ServerResponse): void {
  const message =
    'This was sent by a page of another site. If it was the panel, SLUICE_PUBLIC_URL is not its address.';
  const error = { message, code: -32_003, data: { code: 'FORBIDDEN', httpStatus: 403 } };
  sendJson(response, 403, { error, message });
}

async function sendStatus(services: Services, response: ServerResponse): Promise<void> {
  const parts = await services.status();
  const ready = Object.values(parts).every((part) => part.ready);
  sendJson(response, ready ? 200 : 503, { ready, parts });
}
