/** One gRPC call on one HTTP/2 stream: answers with back-pressure, a deadline, and exactly one end. */
import type { IncomingHttpHeaders, OutgoingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { Status } from './status.ts';
import { statusCode } from './status.ts';

/** Answers that wait for the peer to take them, in bytes, before `write` asks the handler to wait. */
const writeWindow = 128 * 1024;

export interface ServerCall {
  readonly headers: IncomingHttpHeaders;
  /** Aborts when the call is over for whatever reason: answered, cancelled, too late, connection lost. */
  readonly signal: AbortSignal;
  /** Sends framed messages; `sent` is called once they were, and not if they never are. False: wait for `drained` before the next. */
  write(frames: Uint8Array, sent?: () => void): boolean;
  /** When the peer has taken enough, or the call is over. */
  drained(): Promise<void>;
  /** Stops and resumes the reading of requests. */
  pause(): void;
  resume(): void;
  /** Ends the call; later ends are ignored. */
  end(status?: Status): void;
}

const okStatus: Status = { code: statusCode.ok, message: '' };

const responseHeaders: OutgoingHttpHeaders = {
  ':status': 200,
  'content-type': 'application/grpc+proto',
  'grpc-accept-encoding': 'identity',
};

export function createServerCall(stream: ServerHttp2Stream, headers: IncomingHttpHeaders): ServerCall {
  const over = new AbortController();
  let unsent = 0;
  let responded = false;
  let waiting: (() => void)[] = [];

  const release = (): void => {
    const ready = waiting;
    waiting = [];
    for (const resolve of ready) resolve();
  };
  const finish = (): void => {
    clearTimeout(deadline);
    if (!over.signal.aborted) over.abort();
    release();
  };
  const isGone = (): boolean => over.signal.aborted || stream.destroyed || stream.closed;

  const end = (status: Status = okStatus): void => {
    if (isGone()) return;
    const trailers = trailersOf(status);
    if (responded) {
      stream.once('wantTrailers', () => stream.sendTrailers(trailers));
      stream.end();
    } else {
      stream.respond({ ...responseHeaders, ...trailers }, { endStream: true });
    }
    finish();
    // What the client still sends is read and dropped, so that its stream can close.
    stream.resume();
  };

  const milliseconds = timeoutOf(headers);
  const deadline =
    milliseconds === undefined
      ? undefined
      : setTimeout(
          () => end({ code: statusCode.deadlineExceeded, message: 'Deadline exceeded' }),
          milliseconds,
        );
  stream.once('close', finish);

  return {
    headers,
    signal: over.signal,
    write(frames, sent) {
      if (isGone()) return true;
      if (!responded) {
        responded = true;
        stream.respond(responseHeaders, { waitForTrailers: true });
      }
      unsent += frames.length;
      stream.write(frames, (error) => {
        unsent -= frames.length;
        if (error === undefined || error === null) sent?.();
        if (unsent < writeWindow) release();
      });
      return unsent < writeWindow;
    },
    drained: () =>
      isGone() || unsent < writeWindow
        ? Promise.resolve()
        : new Promise((resolve) => {
            waiting.push(resolve);
          }),
    pause: () => void stream.pause(),
    resume: () => void stream.resume(),
    end,
  };
}

function trailersOf(status: Status): OutgoingHttpHeaders {
  return {
    ...status.trailers,
    'grpc-status': String(status.code),
    // Percent-encoded as clients decode it, see the protocol's `Percent-Encoded`.
    'grpc-message': encodeURI(status.message.toWellFormed()),
  };
}

const unitMilliseconds: Readonly<Record<string, number>> = {
  H: 3_600_000,
  M: 60_000,
  S: 1000,
  m: 1,
  u: 1e-3,
  n: 1e-6,
};
const longestTimer = 0x7f_ff_ff_ff;

/** The `grpc-timeout` header in milliseconds; undefined if there is none that can be read. */
function timeoutOf(headers: IncomingHttpHeaders): number | undefined {
  const match = /^(\d{1,8})([HMSmun])$/.exec(String(headers['grpc-timeout'] ?? ''));
  if (match?.[1] === undefined || match[2] === undefined) return undefined;
  return Math.min(Number(match[1]) * (unitMilliseconds[match[2]] ?? 1), longestTimer);
}
