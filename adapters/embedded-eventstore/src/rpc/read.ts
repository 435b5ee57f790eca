/** Streams.Read: reads of a stream or of $all that end, and subscriptions, which do not. */
import type { ServerCall } from '../grpc/call.ts';
import { frame } from '../grpc/frames.ts';
import type { Method } from '../grpc/server.ts';
import { singleRequest } from '../grpc/single-request.ts';
import { createEventBatch } from '../protocol/event-batch.ts';
import type { ReadRequest, Source } from '../protocol/read-messages.ts';
import { readReadRequest, writeStreamNotFound } from '../protocol/read-messages.ts';
import type { Cursor } from '../read/cursor.ts';
import { openAllCursor, openStreamCursor } from '../read/cursor.ts';
import { createFilter } from '../read/filter.ts';
import { nextTurn, subscribe } from '../read/subscription.ts';
import type { Store } from '../store/store.ts';

export function readMethod(store: Store): Method {
  return singleRequest(async (bytes, call) => {
    const request = readReadRequest(bytes);
    if (request.count === undefined) await subscribe(openCursor(request, store), request, { call, store });
    else await readToEnd(request, call, store);
  });
}

function openCursor(request: ReadRequest, { log }: Store): Cursor {
  const { source, direction } = request;
  const isSubscription = request.count === undefined;
  if (source.kind === 'stream') return openStreamCursor(log, source, { direction, isSubscription });
  const filter = request.filter && createFilter(request.filter, log);
  return openAllCursor(log, source, { direction, isSubscription, filter });
}

async function readToEnd(request: ReadRequest, call: ServerCall, store: Store): Promise<void> {
  const { log } = store;
  if (isMissing(request.source, store)) {
    call.write(frame(writeStreamNotFound(request.source.name)));
    return;
  }
  const cursor = openCursor(request, store);
  const batch = createEventBatch({ ...log, structuredIds: request.structuredIds });
  let remaining = request.count ?? 0;
  while (remaining > 0 && !call.signal.aborted) {
    const { events, isAtEnd } = cursor.next(remaining, (event) => batch.add(event));
    remaining -= events;
    const goOn = batch.isEmpty() || call.write(batch.take());
    if (isAtEnd) return;
    if (goOn) await nextTurn();
    else await call.drained();
  }
}

function isMissing(source: Source, { log }: Store): source is Extract<Source, { kind: 'stream' }> {
  return source.kind === 'stream' && (log.streams.find(source.name)?.lastRevision ?? -1) < 0;
}
