/** The endpoints that every role has: /healthz (alive), /readyz (can do its work) and /metrics (Prometheus). */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** State of one part that a role needs. `message` says in one sentence what is wrong. */
export interface PartHealth {
  readonly ready: boolean;
  readonly message?: string;
}

export type Readiness = () => Promise<Readonly<Record<string, PartHealth>>>;

export interface Metrics {
  counter(name: string, help: string, labels?: readonly string[]): Counter;
  gauge(name: string, help: string, labels?: readonly string[]): Gauge;
  /** Buckets in the unit of the name, e.g. seconds. */
  histogram(name: string, help: string, buckets: readonly number[]): Histogram;
  text(): Promise<string>;
}

export function createMetrics(role: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ role });
  collectDefaultMetrics({ register: registry });
  const registers = [registry];
  return {
    counter: (name, help, labels = []) => new Counter({ name, help, labelNames: [...labels], registers }),
    gauge: (name, help, labels = []) => new Gauge({ name, help, labelNames: [...labels], registers }),
    histogram: (name, help, buckets) => new Histogram({ name, help, buckets: [...buckets], registers }),
    text: () => registry.metrics(),
  };
}

export interface HealthOptions {
  readonly role: string;
  readonly ready: Readiness;
  readonly metrics: Metrics;
}

/** Answers the three paths; false for any other, which the caller answers itself. */
export function createHealthHandler({ role, ready, metrics }: HealthOptions) {
  const answers: Readonly<Record<string, (response: ServerResponse) => Promise<void>>> = {
    '/healthz': async (response) => sendJson(response, 200, { role, alive: true }),
    '/readyz': async (response) => {
      const parts = await readyParts(ready);
      const isReady = Object.values(parts).every((part) => part.ready);
      sendJson(response, isReady ? 200 : 503, { role, ready: isReady, parts });
    },
    '/metrics': async (response) => {
      const text = await metrics.text();
      response.writeHead(200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }).end(text);
    },
  };
  return (request: IncomingMessage, response: ServerResponse): boolean => {
    const answer = request.method === 'GET' ? answers[(request.url ?? '').split('?')[0] ?? ''] : undefined;
    if (answer === undefined) return false;
    answer(response).catch(() => {
      if (!response.headersSent) response.writeHead(500);
      response.end();
    });
    return true;
  };
}

async function readyParts(ready: Readiness): Promise<Readonly<Record<string, PartHealth>>> {
  try {
    return await ready();
  } catch (error) {
    return { role: { ready: false, message: String(error) } };
  }
}

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  const body = JSON.stringify(value);
  response.writeHead(status, {
    'content-type': 'application/json; charset=utf-8',
    'cache-control': 'no-store',
  });
  response.end(body);
}

/** A server of its own for a role that has none. */
export async function startHealthServer(
  options: HealthOptions & { readonly host: string; readonly port: number },
): Promise<{ readonly port: number; close(): Promise<void> }> {
  const handle = createHealthHandler(options);
  const server = createServer((request, response) => {
    if (!handle(request, response)) sendJson(response, 404, { error: 'not found' });
  });
  const port = await listen(server, options);
  return { port, close: () => closeServer(server) };
}

/** Listens, or rejects with a sentence that names a taken port. */
export async function listen(
  server: Server,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      reject(error.code === 'EADDRINUSE' ? new PortTaken(host, port) : error);
    });
    server.listen(port, host, resolve);
  });
  return (server.address() as AddressInfo).port;
}

/** Stops a server now: open connections are cut. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });
}

/** Somebody else listens on a port that we need. */
export class PortTaken extends Error {
  override readonly name = 'PortTaken';
  constructor(host: string, port: number) {
    super(`Port ${port} on ${host} is taken by another program; stop it or choose another port.`);
  }
}
