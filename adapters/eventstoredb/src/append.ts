/** Appends, repeated with the same event ids until the outcome is known or the deadline has passed. */
import type { AppendExpectedRevision, AppendResult } from '@eventstore/db-client';
import {
  AccessDeniedError,
  InvalidArgumentError,
  MaxAppendSizeExceededError,
  StreamDeletedError,
  WrongExpectedVersionError,
} from '@eventstore/db-client';
import type { NewEvent } from '@sluice/core/kernel/event.ts';
import type { Result } from '@sluice/core/kernel/result.ts';
import { fail, ok } from '@sluice/core/kernel/result.ts';
import type { AppendError, Appended, ExpectedRevision } from '@sluice/core/ports/event-store.ts';
import type { Connection, Line } from './connection.ts';
import { toClientEvent } from './convert.ts';
import type { Settings } from './options.ts';
import { backoffMs, messageOf, pause, withDeadline } from './wait.ts';

const firstPauseMs = 20;
const longestPauseMs = 1000;

/** Rejects only for an append of no events, which has no position. */
export async function append(
  connection: Connection,
  settings: Settings,
  request: {
    readonly stream: string;
    readonly events: readonly NewEvent[];
    readonly expected: ExpectedRevision;
  },
): Promise<Result<Appended, AppendError>> {
  const { events } = request;
  if (events.length === 0) throw new RangeError('An append needs at least one event');
  const clientEvents = events.map(toClientEvent);
  const expectedRevision = toClientRevision(request.expected);
  const deadline = performance.now() + settings.appendDeadlineMs;

  for (let attempt = 0; ; attempt += 1) {
    if (connection.closed.aborted) return unavailable('The connection is closed');
    const line = connection.line();
    const remaining = Math.max(1, deadline - performance.now());
    let failure: unknown;
    try {
      // The client's own deadline is checked by the server alone.
      const result = await withDeadline(
        line.client.appendToStream(request.stream, clientEvents, {
          expectedRevision,
          deadline: Math.ceil(remaining),
        }),
        remaining,
      );
      return ok(toAppended(result));
    } catch (error) {
      failure = error;
    }
    const refusal = refusalOf(failure, events);
    if (refusal !== undefined) return fail(refusal);
    replaceIfStuck(connection, line, failure);
    const wait = backoffMs(attempt, firstPauseMs, longestPauseMs);
    if (performance.now() + wait >= deadline) return unavailable(messageOf(failure));
    await pause(wait, connection.closed);
  }
}

const unavailable = (message: string): Result<never, AppendError> => fail({ code: 'unavailable', message });

function toClientRevision(expected: ExpectedRevision): AppendExpectedRevision {
  if (typeof expected === 'number') return BigInt(expected);
  const words = { any: 'any', 'no-stream': 'no_stream', 'stream-exists': 'stream_exists' } as const;
  return words[expected];
}

const toAppended = ({ nextExpectedRevision, position }: AppendResult): Appended => ({
  revision: Number(nextExpectedRevision),
  position: position?.commit ?? 0n,
});

/** A refusal that stays one however often the append is repeated; undefined: try again. */
function refusalOf(error: unknown, events: readonly NewEvent[]): AppendError | undefined {
  if (error instanceof WrongExpectedVersionError) {
    const actual = error.actualVersion;
    return {
      code: 'wrong-expected-revision',
      actual: typeof actual === 'bigint' ? Number(actual) : 'no-stream',
    };
  }
  if (error instanceof StreamDeletedError) return { code: 'stream-deleted' };
  if (error instanceof MaxAppendSizeExceededError) return { code: 'too-large' };
  if (error instanceof AccessDeniedError || error instanceof InvalidArgumentError) {
    return { code: 'unavailable', message: messageOf(error) };
  }
  return isBeyondMessage(error, events) ? { code: 'too-large' } : undefined;
}

/** https://grpc.io/docs/guides/status-codes */
const resourceExhausted = 8;
/** No EventStoreDB takes a larger message in one piece. */
const largestMessage = 4 * 1024 * 1024;

/**
 * A message beyond what the server reads at all ends the call of every append under way, so whose it was is for us to find
 * out: the others are repeated.
 */
function isBeyondMessage(error: unknown, events: readonly NewEvent[]): boolean {
  if (!(error instanceof Error) || !('code' in error) || error.code !== resourceExhausted) return false;
  return events.some(
    ({ data, metadata }) =>
      Buffer.byteLength(JSON.stringify(data)) + Buffer.byteLength(JSON.stringify(metadata)) > largestMessage,
  );
}

/**
 * The client replaces its channel by itself when the server is unavailable or ends a call. Any other failure may be one that
 * it keeps (it remembers a failed first question for ever), so it is replaced.
 */
function replaceIfStuck(connection: Connection, line: Line, error: unknown): void {
  const type = error instanceof Error && 'type' in error ? error.type : undefined;
  if (type !== 'unavailable' && type !== 'cancelled') connection.replace(line);
}
