/** Passes a request to the api and its answer back, byte by byte: the browser knows one origin only. */
import { type IncomingMessage, request as overHttp, type ServerResponse } from 'node:http';
import { request as overHttps } from 'node:https';
import { pipeline } from 'node:stream';
import type { ClientFacts } from './client-facts.ts';

const passed = [
  /^\/trpc\//,
  /^\/auth\//,
  /^\/mails\/[^/]+\/(?:raw|html|parts\/\d+)$/,
  /^\/decisions\/[^/]+\/export$/,
];

/** Whether the api answers this path. */
export const isPassed = (path: string): boolean => passed.some((pattern) => pattern.test(path));

/** Of one connection, not of the request (RFC 9110 section 7.6.1). */
const hopByHop = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
];

export interface PassThrough {
  readonly apiUrl: URL;
  readonly facts: ClientFacts;
  readonly onError: (error: Error) => void;
}

export function passThrough(
  request: IncomingMessage,
  response: ServerResponse,
  { apiUrl, facts, onError }: PassThrough,
): void {
  const { host: _, 'x-sluice-api': __, ...headers } = withoutHops(request.headers);
  const connect = apiUrl.protocol === 'https:' ? overHttps : overHttp;
  const upstream = connect(apiUrl, {
    // As it was written: put together anew, /trpc/../metrics would be another path.
    path: request.url ?? '/',
    method: request.method ?? 'GET',
    headers: { ...headers, ...facts },
  });
  upstream.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, withoutHops(answer.headers));
    // The first bytes of a live answer may be long in coming; its headers are not.
    response.flushHeaders();
    pipeline(answer, response, () => undefined);
  });
  upstream.on('error', (error) => {
    if (response.destroyed) return;
    onError(error);
    if (response.headersSent) response.destroy();
    else sendAway(response);
  });
  // The client went: whoever works for it may stop.
  response.on('close', () => upstream.destroy());
  pipeline(request, upstream, () => undefined);
}

/** In the shape of a tRPC error too, so that its client shows the sentence. */
function sendAway(response: ServerResponse): void {
  const message = 'The service does not answer at the moment. Nothing is lost; please try again shortly.';
  const error = { message, code: -32_603, data: { code: 'SERVICE_UNAVAILABLE', httpStatus: 502 } };
  response.writeHead(502, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
  response.end(JSON.stringify({ error, message }));
}

function withoutHops<T extends object>(headers: T): T {
  const kept = Object.entries(headers).filter(([name]) => !hopByHop.includes(name));
  return Object.fromEntries(kept) as T;
}
