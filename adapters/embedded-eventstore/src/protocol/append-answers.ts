/** The answers of Streams.Append and Streams.BatchAppend (streams.proto, shared.proto, google.rpc.Status). */
import type { AppendOutcome, AppendRequest, Expected } from '../store/requests.ts';
import { maxAppendBytes } from '../store/requests.ts';
import type { Status } from '../grpc/status.ts';
import { GrpcError, statusCode } from '../grpc/status.ts';
import { accessDeniedStatus, streamDeletedStatus, wrongExpectedVersionStatus } from './errors.ts';
import { ProtobufWriter } from '../protobuf/writer.ts';

/** The answer to one batch of many on a call: what the store says, or that it was not asked. */
export type BatchOutcome = AppendOutcome | { readonly kind: 'malformed'; readonly problem: string };

type Success = Extract<AppendOutcome, { kind: 'appended' | 'unchanged' }>;
type Refused = Exclude<AppendOutcome, Success>;

const isSuccess = (outcome: BatchOutcome): outcome is Success =>
  outcome.kind === 'appended' || outcome.kind === 'unchanged';

/** AppendResp: a wrong expected revision is an answer, every other refusal a status. */
export function writeAppendAnswer(request: AppendRequest, outcome: AppendOutcome): Buffer {
  const writer = new ProtobufWriter();
  if (isSuccess(outcome)) return writer.message(1, (success) => writeSuccess(success, outcome)).finish();
  if (outcome.kind !== 'wrong-expected-revision') throw new GrpcError(refusalStatus(request, outcome));
  const { actual } = outcome;
  return writer
    .message(2, (wrong) => {
      // Fields 1 to 5 are what clients before 20.6.1 read, 6 to 11 say the same.
      writeRevision(wrong, actual, { revision: 1, noStream: 2 });
      writeExpected(wrong, request.expected, { revision: 3, any: 4, streamExists: 5 });
      writeRevision(wrong, actual, { revision: 6, noStream: 7 });
      writeExpected(wrong, request.expected, { revision: 8, any: 9, streamExists: 10, noStream: 11 });
    })
    .finish();
}

/** BatchAppendResp: the correlation id again, then success or a google.rpc.Status with one detail. */
export function writeBatchAnswer(
  correlationId: Buffer,
  request: AppendRequest,
  outcome: BatchOutcome,
): Buffer {
  const writer = new ProtobufWriter().bytes(1, correlationId);
  if (isSuccess(outcome)) return writer.message(3, (success) => writeSuccess(success, outcome)).finish();
  writer.message(2, (status) => writeStatus(status, request, outcome));
  // Which stream and what was expected interests clients of a refusal only; a success is one of very many.
  writer.message(4, (identifier) => identifier.string(3, request.stream));
  writeExpected(writer, request.expected, { revision: 5, noStream: 6, any: 7, streamExists: 8 });
  return writer.finish();
}

/** AppendResp.Success and BatchAppendResp.Success have the same fields. */
function writeSuccess(writer: ProtobufWriter, outcome: Success): void {
  if (outcome.kind === 'unchanged') {
    writeRevision(writer, outcome.actual, { revision: 1, noStream: 2 });
    writer.message(4);
    return;
  }
  const { revision, position } = outcome;
  writer.number(1, revision).message(3, (at) => at.number(1, position).number(2, position));
}

function writeRevision(
  writer: ProtobufWriter,
  actual: number | 'no-stream',
  fields: { readonly revision: number; readonly noStream: number },
): void {
  if (actual === 'no-stream') writer.message(fields.noStream);
  else writer.number(fields.revision, actual);
}

function writeExpected(
  writer: ProtobufWriter,
  expected: Expected,
  fields: {
    readonly revision: number;
    readonly any: number;
    readonly streamExists: number;
    readonly noStream?: number;
  },
): void {
  if (typeof expected === 'number') writer.number(fields.revision, expected);
  else if (expected === 'any') writer.message(fields.any);
  else if (expected === 'stream-exists') writer.message(fields.streamExists);
  else if (fields.noStream !== undefined) writer.message(fields.noStream);
}

/** What each refusal is called as google.rpc.Status: code, words, and the type of the one detail. */
const refusals: Readonly<Record<Refused['kind'], Status & { readonly detail: string }>> = {
  'wrong-expected-revision': {
    code: statusCode.invalidArgument,
    message: 'WrongExpectedVersion',
    detail: 'WrongExpectedVersion',
  },
  'stream-deleted': {
    code: statusCode.failedPrecondition,
    message: 'StreamDeleted',
    detail: 'StreamDeleted',
  },
  'access-denied': {
    code: statusCode.permissionDenied,
    message: 'AccessDenied',
    detail: 'AccessDenied',
  },
  'too-large': {
    code: statusCode.invalidArgument,
    message: 'MaximumAppendSizeExceeded',
    detail: 'MaximumAppendSizeExceeded',
    trailers: { exception: 'maximum-append-size-exceeded', 'maximum-append-size': String(maxAppendBytes) },
  },
  expired: { code: statusCode.deadlineExceeded, message: 'Timeout', detail: 'Timeout' },
  failed: { code: statusCode.unavailable, message: 'The event could not be written', detail: 'Unknown' },
};

const malformed = (problem: string): Status & { readonly detail: string } => ({
  code: statusCode.invalidArgument,
  message: problem,
  detail: 'BadRequest',
});

/** The same refusal as the status of a call. */
function refusalStatus(request: AppendRequest, outcome: Refused): Status {
  if (outcome.kind === 'wrong-expected-revision') return wrongExpectedVersionStatus(request, outcome.actual);
  if (outcome.kind === 'stream-deleted') return streamDeletedStatus(request.stream);
  if (outcome.kind === 'access-denied') return accessDeniedStatus;
  const { code, message, trailers } = refusals[outcome.kind];
  return trailers === undefined ? { code, message } : { code, message, trailers };
}

/** DeleteResp and TombstoneResp alike: where the end of the stream lies in $all. */
export function writeEndAnswer(request: AppendRequest, outcome: AppendOutcome): Buffer {
  if (outcome.kind !== 'appended') {
    if (isSuccess(outcome)) throw new RangeError('A stream ends with an event');
    throw new GrpcError(refusalStatus(request, outcome));
  }
  const { position } = outcome;
  return new ProtobufWriter().message(1, (at) => at.number(1, position).number(2, position)).finish();
}

function writeStatus(
  writer: ProtobufWriter,
  request: AppendRequest,
  outcome: Exclude<BatchOutcome, Success>,
): void {
  const { code, message, detail } =
    outcome.kind === 'malformed' ? malformed(outcome.problem) : refusals[outcome.kind];
  writer
    .number(1, code)
    .string(2, message)
    .message(3, (any) =>
      any
        .string(1, `type.googleapis.com/event_store.client.${detail}`)
        .message(2, (content) => writeDetail(content, request, outcome)),
    );
}

function writeDetail(
  writer: ProtobufWriter,
  request: AppendRequest,
  outcome: Exclude<BatchOutcome, Success>,
): void {
  if (outcome.kind === 'malformed') writer.string(1, outcome.problem);
  if (outcome.kind === 'too-large') writer.number(1, maxAppendBytes);
  if (outcome.kind === 'stream-deleted') {
    writer.message(1, (identifier) => identifier.string(3, request.stream));
  }
  if (outcome.kind !== 'wrong-expected-revision') return;
  writeRevision(writer, outcome.actual, { revision: 1, noStream: 2 });
  writeExpected(writer, request.expected, { revision: 3, any: 4, streamExists: 5, noStream: 6 });
}
