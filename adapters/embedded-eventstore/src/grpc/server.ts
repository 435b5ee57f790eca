/** A gRPC server on Node's own HTTP/2, so that many small answers can leave in one write. */
import { constants, createSecureServer, createServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import type {
  Http2SecureServer,
  Http2Server,
  IncomingHttpHeaders,
  ServerHttp2Session,
  ServerHttp2Stream,
} from 'node:http2';
import type { ServerCall } from './call.ts';
import { createServerCall } from './call.ts';
import { createFrameReader } from './frames.ts';
import type { Status } from './status.ts';
import { invalidArgument, statusCode, statusOf } from './status.ts';

/** What a method does with the messages of one call. Whatever it throws ends the call. */
export interface CallHandler {
  onMessage(message: Buffer): void;
  /** The client has sent its last message. */
  onHalfClose(): void;
  /** Status code of a call that the end of the server ends; default: CANCELLED. */
  readonly atShutdown?: Status['code'];
}

/** Starts the handling of one call. */
export type Method = (call: ServerCall) => CallHandler;

export interface GrpcServer {
  readonly port: number;
  /** Ends open calls with the code of their handlers, then the connections; within a second, whatever clients do. */
  close(): Promise<void>;
}

/** What the server shows of itself, in PEM. */
export interface TlsFiles {
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
}

/** Largest request message in bytes; clients of EventStoreDB cut batches at 3 MiB. */
const maxMessageLength = 8 * 1024 * 1024;
const streamWindow = 1024 * 1024;
const connectionWindow = 8 * 1024 * 1024;
const closeGraceMs = 1000;
/** Clients who take no more answers by then would never come to the trailers behind them: their calls are reset. */
const resetMs = closeGraceMs / 2;

/** Listens on host and port (0: any free one); rejects with the system's error where that cannot be. */
export async function startGrpcServer(options: {
  readonly host: string;
  readonly port: number;
  /** By path, `/package.Service/Method`. */
  readonly methods: ReadonlyMap<string, Method>;
  readonly tls?: TlsFiles | undefined;
}): Promise<GrpcServer> {
  const sessions = new Set<ServerHttp2Session>();
  const streams = new Set<ServerHttp2Stream>();
  const calls = new Map<ServerCall, CallHandler | undefined>();
  const settings = { initialWindowSize: streamWindow, maxConcurrentStreams: 1000, enablePush: false };
  const server =
    options.tls === undefined ? createServer({ settings }) : createSecureServer({ settings, ...options.tls });
  server.on('session', (session) => {
    sessions.add(session);
    session.setLocalWindowSize(connectionWindow);
    session.on('error', () => session.destroy());
    session.on('close', () => sessions.delete(session));
  });
  server.on('stream', (stream: ServerHttp2Stream, headers: IncomingHttpHeaders) => {
    streams.add(stream);
    stream.once('close', () => streams.delete(stream));
    const opened = openCall(stream, headers, options.methods);
    if (opened === undefined) return;
    const { call, handler } = opened;
    calls.set(call, handler);
    call.signal.addEventListener('abort', () => calls.delete(call), { once: true });
  });

  const { port } = await listen(server, options.host, options.port);
  return {
    port,
    async close() {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      for (const [call, handler] of calls) {
        const code = handler?.atShutdown ?? statusCode.cancelled;
        call.end({ code, message: 'The event store is shutting down' });
      }
      for (const session of sessions) session.close();
      const reset = setTimeout(() => {
        for (const stream of streams) stream.close(constants.NGHTTP2_CANCEL);
      }, resetMs);
      const force = setTimeout(() => {
        for (const session of sessions) session.destroy();
      }, closeGraceMs);
      await closed;
      clearTimeout(reset);
      clearTimeout(force);
    },
  };
}

function listen(server: Http2Server | Http2SecureServer, host: string, port: number): Promise<AddressInfo> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port }, () => {
      server.off('error', reject);
      // A connection that fails while it is accepted must not end the process.
      server.on('error', () => undefined);
      const address = server.address();
      if (address === null || typeof address === 'string') reject(new Error('Not listening on a port'));
      else resolve(address);
    });
  });
}

function openCall(
  stream: ServerHttp2Stream,
  headers: IncomingHttpHeaders,
  methods: ReadonlyMap<string, Method>,
): { readonly call: ServerCall; readonly handler: CallHandler | undefined } | undefined {
  // A peer that resets its stream is not an error of ours; `close` follows.
  stream.on('error', () => undefined);
  if (!(headers['content-type'] ?? '').startsWith('application/grpc')) {
    stream.respond({ ':status': 415 }, { endStream: true });
    return undefined;
  }
  const path = headers[':path'] ?? '';
  const call = createServerCall(stream, headers);
  const method = methods.get(path);
  if (method === undefined) {
    call.end({ code: statusCode.unimplemented, message: `The embedded event store has no ${path}` });
    return undefined;
  }
  return { call, handler: receive(stream, call, method) };
}

/** Undefined where the method has ended the call at once. */
function receive(stream: ServerHttp2Stream, call: ServerCall, method: Method): CallHandler | undefined {
  const reader = createFrameReader(maxMessageLength);
  const guarded = (action: () => void): void => {
    if (call.signal.aborted) return;
    try {
      action();
    } catch (error) {
      call.end(statusOf(error));
    }
  };
  let started: CallHandler | undefined;
  guarded(() => {
    const handler = method(call);
    started = handler;
    stream.on('data', (chunk: Buffer) =>
      guarded(() => {
        for (const message of reader.push(chunk)) handler.onMessage(message);
      }),
    );
    stream.on('end', () =>
      guarded(() => {
        if (reader.isPartial()) throw invalidArgument('The request ends in the middle of a message');
        handler.onHalfClose();
      }),
    );
  });
  return started;
}
