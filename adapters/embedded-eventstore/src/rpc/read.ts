/** Streams.Read: reads of a stream or of $all that end, and subscriptions, which do not. */
import { authorize } from '../access.ts';
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
import { addingTo } from '../read/links.ts';
import { nextTurn, send, subscribe } from '../read/subscription.ts';
import { tombstoneRevision } from '../store/requests.ts';
import type { Store } from '../store/store.ts';

export function readMethod(store: Store): Method {
  return singleRequest(async (bytes, call) => {
    const request = readReadRequest(bytes);
    const { source } = request;
    authorize(store.access.identify(call.headers), 'read', source.kind === 'all' ? '$all' : source.name);
    if (request.count === undefined) await subscribe(openCursor(request, store), request, { call, store });
    else await readToEnd(request, call, store);
  });
}

function openCursor(request: ReadRequest, { log, now }: Store): Cursor {
  const { source, direction } = request;
  const isSubscription = request.count === undefined;
  if (source.kind === 'stream') return openStreamCursor(log, source, { direction, isSubscription, now });
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
  const add = addingTo(batch, log, request.resolveLinks);
  let remaining = request.count ?? 0;
  while (remaining > 0 && !call.signal.aborted) {
    const { events, isAtEnd } = cursor.next(remaining, add);
    remaining -= events;
    const goOn = batch.isEmpty() || send(batch, call);
    if (isAtEnd) return;
    if (goOn) await nextTurn();
    else await call.drained();
  }
}

function isMissing(source: Source, { log }: Store): source is Extract<Source, { kind: 'stream' }> {
  if (source.kind !== 'stream') return false;
  const { name } = source;
  const last = log.streams.find(name)?.lastRevision ?? -1;
  return last !== tombstoneRevision && (last < 0 || log.settings.of(name)?.isDeleted === true);
}
