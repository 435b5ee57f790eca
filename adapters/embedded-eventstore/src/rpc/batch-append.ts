/** Streams.BatchAppend: many appends on one call, each answered exactly once under its correlation id. */
import type { AppendRequest, ProposedEvent } from '../store/requests.ts';
import { maxAppendBytes, maxAppendMetadataBytes } from '../store/requests.ts';
import type { ServerCall } from '../grpc/call.ts';
import { frame } from '../grpc/frames.ts';
import type { CallHandler, Method } from '../grpc/server.ts';
import { GrpcError, statusCode } from '../grpc/status.ts';
import type { BatchOutcome } from '../protocol/append-answers.ts';
import { writeBatchAnswer } from '../protocol/append-answers.ts';
import type { BatchAppendMessage, BatchOptions } from '../protocol/append-messages.ts';
import { readBatchAppendMessage } from '../protocol/append-messages.ts';
import type { Caller } from '../access.ts';
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
  /** It was refused before it was complete: what still comes of it is dropped. */
  isAnswered: boolean;
}

export function batchAppendMethod(store: Store): Method {
  return (call) => handleBatches(call, store);
}

function handleBatches(call: ServerCall, { commits, now, access }: Store): CallHandler {
  const caller = access.identify(call.headers);
  const unfinished = new Map<string, Unfinished>();
  const reading = createGate(call);
  const answers = createAnswers(call, reading);
  let unanswered = 0;
  let isHalfClosed = false;

  const append = (correlationId: Buffer, request: AppendRequest): void => {
    unanswered += 1;
    if (unanswered === mostUnanswered) reading.hold();
    commits.append(request, (outcome) => {
      unanswered -= 1;
      if (unanswered === mostUnanswered - 1) reading.release();
      answers.add(correlationId, request, outcome);
      if (isHalfClosed && unanswered === 0) answers.end();
    });
  };

  return {
    onMessage(bytes) {
      const message = readBatchAppendMessage(bytes, now());
      const key = message.correlationId.toString('latin1');
      const begun = unfinished.get(key);
      const batch = begun ?? begin(message);
      if (message.isFinal) unfinished.delete(key);
      else if (begun === undefined && unfinished.size >= mostUnfinished) throw tooManyUnfinished();
      else unfinished.set(key, batch);
      if (batch.isAnswered) return;

      const request = requestOf(batch);
      const refusal = proceed(batch, message, { caller, now: now() });
      if (refusal !== undefined) {
        batch.isAnswered = true;
        answers.add(message.correlationId, request, refusal);
      } else if (message.isFinal) append(message.correlationId, request);
    },
    onHalfClose() {
      isHalfClosed = true;
      if (unanswered === 0) answers.end();
    },
  };
}

function begin({ options }: BatchAppendMessage): Unfinished {
  return {
    options: options ?? noOptions,
    events: [],
    data: 0,
    metadata: 0,
    isAnswered: false,
  };
}

const noOptions: BatchOptions = { stream: '', expected: 'any', deadline: undefined };

function requestOf({ options: { stream, expected, deadline }, events }: Unfinished): AppendRequest {
  return deadline === undefined ? { stream, expected, events } : { stream, expected, events, deadline };
}

/** Adds the events of the message; the answer if the batch is refused already, whatever is still to come. */
function proceed(
  batch: Unfinished,
  message: BatchAppendMessage,
  { caller, now }: { readonly caller: Caller; readonly now: number },
): BatchOutcome | undefined {
  const { stream, deadline } = batch.options;
  if (message.problem !== undefined) return { kind: 'malformed', problem: message.problem };
  if (stream === '') return { kind: 'malformed', problem: 'The first message of a batch has the options' };
  if (!caller.may('write', stream)) return { kind: 'access-denied' };
  for (const event of message.events) {
    batch.events.push(event);
    batch.data += event.data.length;
    batch.metadata += event.metadata.length;
  }
  if (batch.data <= maxAppendBytes && batch.metadata <= maxAppendMetadataBytes) return undefined;
  batch.events.length = 0;
  return { kind: deadline !== undefined && deadline < now ? 'expired' : 'too-large' };
}

const tooManyUnfinished = (): GrpcError =>
  new GrpcError({ code: statusCode.resourceExhausted, message: 'Too many batches have begun at once' });

/** Requests of the call are read while nothing holds them up. */
interface Gate {
  hold(): void;
  release(): void;
}

function createGate(call: ServerCall): Gate {
  let holds = 0;
  return {
    hold() {
      holds += 1;
      if (holds === 1) call.pause();
    },
    release() {
      holds -= 1;
      if (holds === 0) call.resume();
    },
  };
}

/** Answers of one commit leave in one write. A client that does not take them is read no further. */
function createAnswers(
  call: ServerCall,
  reading: Gate,
): {
  add(correlationId: Buffer, request: AppendRequest, outcome: BatchOutcome): void;
  end(): void;
} {
  let frames: Buffer[] = [];
  let areTaken = true;
  const flush = (): void => {
    const [first] = frames;
    if (first === undefined) return;
    const isTaken = call.write(frames.length === 1 ? first : Buffer.concat(frames));
    frames = [];
    if (isTaken || !areTaken) return;
    areTaken = false;
    reading.hold();
    void call.drained().then(() => {
      areTaken = true;
      reading.release();
    });
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
