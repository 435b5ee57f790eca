/** Streams.BatchAppend: many appends on one call, each answered exactly once under its correlation id. */
import type { AppendOutcome, AppendRequest, ProposedEvent } from '../store/requests.ts';
import { maxAppendBytes, maxAppendMetadataBytes } from '../store/requests.ts';
import type { ServerCall } from '../grpc/call.ts';
import { frame } from '../grpc/frames.ts';
import type { CallHandler, Method } from '../grpc/server.ts';
import { GrpcError, invalidArgument, statusCode } from '../grpc/status.ts';
import { writeBatchAnswer } from '../protocol/append-answers.ts';
import type { BatchAppendMessage, BatchOptions } from '../protocol/append-messages.ts';
import { readBatchAppendMessage } from '../protocol/append-messages.ts';
import type { Store } from '../store/store.ts';

/** Appends of one call that are not answered yet, before it is read no further. */
const mostUnanswered = 1024;
/** Batches of one call that have begun and are not complete. */
const mostUnfinished = 256;

/** A batch of which more is to come. */
interface Unfinished {
  readonly options: BatchOptions;
  readonly events: ProposedEvent[];
  data: number;
  metadata: number;
}

export function batchAppendMethod(store: Store): Method {
  return (call) => handleBatches(call, store);
}

function handleBatches(call: ServerCall, { commits, now, access }: Store): CallHandler {
  const caller = access.identify(call.headers);
  const unfinished = new Map<string, Unfinished>();
  const answers = createAnswers(call);
  let unanswered = 0;
  let isHalfClosed = false;

  const append = (correlationId: Buffer, request: AppendRequest): void => {
    if (!caller.may('write', request.stream)) {
      answers.add(correlationId, request, { kind: 'access-denied' });
      return;
    }
    unanswered += 1;
    if (unanswered === mostUnanswered) call.pause();
    commits.append(request, (outcome) => {
      unanswered -= 1;
      if (unanswered === mostUnanswered - 1) call.resume();
      answers.add(correlationId, request, outcome);
      if (isHalfClosed && unanswered === 0) answers.end();
    });
  };

  return {
    onMessage(bytes) {
      const message = readBatchAppendMessage(bytes, now());
      const key = message.correlationId.toString('latin1');
      const begun = unfinished.get(key);
      const batch = begun === undefined ? begin(message) : proceed(begun, message);
      if (!message.isFinal) {
        if (unfinished.size >= mostUnfinished && begun === undefined) throw tooManyUnfinished();
        unfinished.set(key, batch);
        return;
      }
      unfinished.delete(key);
      const { stream, expected, deadline } = batch.options;
      const request = { stream, expected, events: batch.events };
      append(message.correlationId, deadline === undefined ? request : { ...request, deadline });
    },
    onHalfClose() {
      isHalfClosed = true;
      if (unanswered === 0) answers.end();
    },
  };
}

function begin(message: BatchAppendMessage): Unfinished {
  if (message.options === undefined) throw invalidArgument('The first message of a batch has the options');
  return proceed({ options: message.options, events: [], data: 0, metadata: 0 }, message);
}

function proceed(batch: Unfinished, message: BatchAppendMessage): Unfinished {
  for (const event of message.events) {
    // One event beyond the limit is enough for the answer; the others need not be kept.
    if (batch.data > maxAppendBytes || batch.metadata > maxAppendMetadataBytes) break;
    batch.events.push(event);
    batch.data += event.data.length;
    batch.metadata += event.metadata.length;
  }
  return batch;
}

const tooManyUnfinished = (): GrpcError =>
  new GrpcError({ code: statusCode.resourceExhausted, message: 'Too many batches have begun at once' });

/** Answers of one commit leave in one write. */
function createAnswers(call: ServerCall): {
  add(correlationId: Buffer, request: AppendRequest, outcome: AppendOutcome): void;
  end(): void;
} {
  let frames: Buffer[] = [];
  const flush = (): void => {
    const [first] = frames;
    if (first !== undefined) call.write(frames.length === 1 ? first : Buffer.concat(frames));
    frames = [];
  };
  return {
    add(correlationId, request, outcome) {
      frames.push(frame(writeBatchAnswer(correlationId, request, outcome)));
      if (frames.length === 1) queueMicrotask(flush);
    },
    end() {
      flush();
      call.end();
    },
  };
}
