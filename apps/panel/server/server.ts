/** The HTTP server of the panel: health, the way to the api, and pages with headers that guard them. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createHealthHandler, type Log, type Metrics, type PartHealth } from '@sluice/telemetry';
import { type ClientFacts, clientFacts } from './client-facts.ts';
import type { Pages } from './pages.ts';
import { isPassed, passThrough } from './pass-through.ts';

export interface PanelServerOptions {
  readonly apiUrl: URL;
  /** Under which people reach the panel, if it is known. */
  readonly publicUrl: URL | undefined;
  readonly pages: Pages;
  readonly metrics: Metrics;
  readonly log: Log;
}

export function createPanelServer({ apiUrl, publicUrl, pages, metrics, log }: PanelServerOptions): Server {
  const health = createHealthHandler({
    role: 'panel',
    ready: async () => ({ api: await apiHealth(apiUrl) }),
    metrics,
  });
  const requests = metrics.counter('sluice_panel_requests_total', 'Requests by what answers them', ['kind']);
  return createServer((request, response) => {
    if (health(request, response)) return;
    const facts = clientFacts(request, publicUrl);
    if (isPassed(pathOf(request))) {
      requests.inc({ kind: 'api' });
      const onError = (error: Error): void => log.warn({ error: error.message }, 'The api does not answer');
      return passThrough(request, response, { apiUrl, facts, onError });
    }
    requests.inc({ kind: 'page' });
    guard(response, facts);
    // Read by src/hooks.server.ts; no client can set them, since each is overwritten here.
    Object.assign(request.headers, facts, { 'x-sluice-api': apiUrl.origin });
    pages(request, response, () => response.writeHead(404).end());
  });
}

const pathOf = (request: IncomingMessage): string => (request.url ?? '/').split('?')[0] ?? '/';

const guards = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
};

/** The policy for content is SvelteKit's, which knows the nonce of each page: vite.config.ts. */
function guard(response: ServerResponse, facts: ClientFacts): void {
  for (const [name, value] of Object.entries(guards)) response.setHeader(name, value);
  if (facts['x-forwarded-proto'] === 'https') {
    response.setHeader('strict-transport-security', 'max-age=31536000');
  }
}

const deadlineMs = 2_000;

async function apiHealth(apiUrl: URL): Promise<PartHealth> {
  try {
    const { ok, status } = await fetch(new URL('/healthz', apiUrl), {
      signal: AbortSignal.timeout(deadlineMs),
    });
    return ok ? { ready: true } : { ready: false, message: `The api answers ${status}.` };
  } catch (error) {
    return { ready: false, message: `The api does not answer (${String(error)}).` };
  }
}
