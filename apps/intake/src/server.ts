/** The HTTP server of the intake: batches from edges, the feed to them, health and metrics. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import {
  type BatchAnswer,
  batchContentType,
  decodeBatch,
  maxBatchBytes,
} from '@sluice/core/handover/batch.ts';
import { type BayesFeed, isBayesCursor } from '@sluice/core/handover/bayes-feed.ts';
import type { Feed } from '@sluice/core/handover/feed.ts';
import { isMisplaced } from '@sluice/core/handover/misplaced.ts';
import type { TakeBatch } from '@sluice/core/intake/take-batch.ts';
import { createHealthHandler, type Log, type Metrics, type Readiness, sendJson } from '@sluice/telemetry';
import { provenEdge } from './edge-token.ts';
import { readBody } from './read-body.ts';

export interface IntakeServices {
  /** Secret that the tokens of edges are derived from. */
  readonly secret: string;
  readonly takeBatch: TakeBatch;
  readonly readFeed: (
    after: string | undefined,
    options: { readonly waitMs: number; readonly signal: AbortSignal },
  ) => Promise<Feed>;
  readonly readBayes: (
    after: string | undefined,
    options: { readonly waitMs: number; readonly signal: AbortSignal },
  ) => Promise<BayesFeed>;
  /** Told what an edge has applied, each time it asks for more. */
  readonly noteEdge: (edge: string, position: string | undefined) => Promise<void>;
  readonly ready: Readiness;
  readonly metrics: Metrics;
  readonly log: Log;
}

/** An answer that is known to be right to give; everything else that is thrown is a failure of ours. */
class HttpError extends Error {
  override readonly name = 'HttpError';
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

type Handler = (request: IncomingMessage, edge: string, signal: AbortSignal) => Promise<unknown>;

const headersMs = 10_000;
const requestMs = 120_000;

export function createIntakeServer(services: IntakeServices): Server {
  const figures = createFigures(services.metrics);
  const health = createHealthHandler({ role: 'intake', ready: services.ready, metrics: services.metrics });
  const handlers: Readonly<Record<string, Handler>> = {
    'POST /v1/batches': (request, edge) => takeBatch(services, figures, { request, edge }),
    'GET /v1/feed': (request, edge, signal) => answerFeed(services, { request, edge }, signal),
    'GET /v1/bayes': (request, _edge, signal) => {
      const { after, waitMs } = changesAfter(request, isBayesCursor);
      return services.readBayes(after, { waitMs, signal });
    },
  };
  const server = createServer((request, response) => {
    if (!health(request, response)) void serve(services, handlers, { request, response });
  });
  server.headersTimeout = headersMs;
  server.requestTimeout = requestMs;
  return server;
}

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

async function serve(
  { secret, log }: IntakeServices,
  handlers: Readonly<Record<string, Handler>>,
  { request, response }: Exchange,
): Promise<void> {
  const leaving = new AbortController();
  response.once('close', () => leaving.abort());
  try {
    const edge = provenEdge(secret, request.headers.authorization);
    if (edge === undefined) throw new HttpError(401, 'This is for edges, who show their token.');
    const [path = ''] = (request.url ?? '').split('?');
    const handler = handlers[`${request.method ?? ''} ${path}`];
    if (handler === undefined) throw new HttpError(404, 'There is nothing here.');
    sendJson(response, 200, await handler(request, edge, leaving.signal));
  } catch (error) {
    if (!(error instanceof HttpError)) log.error({ error: String(error) }, 'A request of an edge failed.');
    sendFailure(response, error instanceof HttpError ? error : notNow);
  }
}

const notNow = { status: 503, message: 'Not possible now; send it again.' };

function sendFailure(
  response: ServerResponse,
  { status, message }: { readonly status: number; readonly message: string },
): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  // What of the request is still under way is nobody's any more.
  response.setHeader('connection', 'close');
  sendJson(response, status, { message });
}

async function takeBatch(
  { takeBatch: take, log }: IntakeServices,
  figures: Figures,
  { request, edge }: { readonly request: IncomingMessage; readonly edge: string },
): Promise<unknown> {
  if (request.headers['content-type'] !== batchContentType) {
    throw new HttpError(415, `A batch is ${batchContentType}.`);
  }
  const bytes = await readBody(request, maxBatchBytes);
  if (bytes === undefined) throw new HttpError(413, `A batch has at most ${maxBatchBytes} bytes.`);
  const batch = decodeBatch(bytes);
  if (!batch.ok) throw new HttpError(400, batch.error.message);
  // Not the fault of what is in the batch: another token may be set, and then the batch is welcome.
  if (batch.value.edge !== edge) throw new HttpError(403, `The token is that of ${edge}.`);
  const answer = await take(batch.value);
  figures.answered(batch.value.items.length, answer.taken.length, answer.refused.length);
  tellRefusals(log, edge, answer.refused);
  return answer;
}

function tellRefusals(log: Log, edge: string, refused: BatchAnswer['refused']): void {
  const misplaced = refused.filter(isMisplaced);
  const bad = refused.filter((one) => !isMisplaced(one));
  if (misplaced.length > 0) {
    const reasons = [...new Set(misplaced.map(({ reason }) => reason))].join(',');
    log.warn({ edge, decisions: misplaced.length, reasons }, 'An edge has to go on in a new chain');
  }
  if (bad.length > 0) {
    const some = bad.slice(0, 20);
    log.error({ edge, refused: some }, 'Items of an edge were refused for good; it sets them aside');
  }
}

async function answerFeed(
  { readFeed, noteEdge }: IntakeServices,
  { request, edge }: { readonly request: IncomingMessage; readonly edge: string },
  signal: AbortSignal,
): Promise<Feed> {
  const { after, waitMs } = changesAfter(request, (text) => /^\d{1,18}$/.test(text));
  await noteEdge(edge, after);
  return readFeed(after, { waitMs, signal });
}

function changesAfter(
  { url }: IncomingMessage,
  isPosition: (text: string) => boolean,
): { readonly after: string | undefined; readonly waitMs: number } {
  const query = new URL(url ?? '/', 'http://intake').searchParams;
  const after = query.get('after') ?? undefined;
  const waitMs = Number(query.get('waitMs') ?? 0);
  if (after !== undefined && !isPosition(after)) throw new HttpError(400, 'after is a position.');
  if (!Number.isFinite(waitMs) || waitMs < 0) throw new HttpError(400, 'waitMs is a number of milliseconds.');
  return { after, waitMs };
}

interface Figures {
  answered(sent: number, taken: number, refused: number): void;
}

function createFigures(metrics: Metrics): Figures {
  const items = metrics.counter('sluice_intake_items_total', 'Items that edges handed in', ['outcome']);
  return {
    answered(sent, taken, refused) {
      items.inc({ outcome: 'taken' }, taken);
      items.inc({ outcome: 'refused' }, refused);
      items.inc({ outcome: 'later' }, sent - taken - refused);
    },
  };
}
