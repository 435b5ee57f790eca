/**
 * A subscription is a cursor that waits at the end for the next commit. Catching up and following live are the same reads, so
 * nothing can be left out or doubled between them.
 */
import { randomUUID } from 'node:crypto';
import type { GroupCommit } from '../store/group-commit.ts';
import type { ServerCall } from '../grpc/call.ts';
import { frame } from '../grpc/frames.ts';
import { createEventBatch, type EventBatch } from '../protocol/event-batch.ts';
import type { ReadRequest } from '../protocol/read-messages.ts';
import {
  writeCaughtUp,
  writeCheckpoint,
  writeConfirmation,
  writeFellBehind,
} from '../protocol/read-messages.ts';
import type { Cursor } from './cursor.ts';
import { addingTo } from './links.ts';
import type { Store } from '../store/store.ts';

/** Sends what the cursor finds until the call is over. */
export async function subscribe(
  cursor: Cursor,
  request: ReadRequest,
  { call, store }: { readonly call: ServerCall; readonly store: Store },
): Promise<void> {
  const { log, commits } = store;
  const batch = createEventBatch({ ...log, structuredIds: request.structuredIds });
  const checkpoints = createCheckpoints(cursor, request, call);
  const add = addingTo(batch, log, request.resolveLinks);
  let isCaughtUp = false;
  call.write(frame(writeConfirmation(randomUUID())));

  while (!call.signal.aborted) {
    const { scanned, isAtEnd } = cursor.next(checkpoints.remaining(), add);
    const isTaken = batch.isEmpty() || send(batch, call);
    checkpoints.scanned(scanned);
    if (isAtEnd && !isCaughtUp) {
      isCaughtUp = true;
      checkpoints.caughtUp();
      call.write(frame(writeCaughtUp()));
    } else if (isCaughtUp && !isAtEnd && !isTaken) {
      // The client is slower than what is appended: it is told, and told again when it has caught up.
      isCaughtUp = false;
      call.write(frame(writeFellBehind()));
    }
    await call.drained();
    await (isAtEnd && !cursor.hasMore() ? nextCommit(commits, call.signal) : nextTurn());
  }
}

/** What the batch holds; true: there may be more. */
export function send(batch: EventBatch, call: ServerCall): boolean {
  const frames = batch.take();
  return call.write(frames, () => batch.giveBack(frames));
}

interface Checkpoints {
  /** Events that may be looked at before the next checkpoint. */
  remaining(): number;
  scanned(events: number): void;
  caughtUp(): void;
}

/** A filtered subscription tells every so many events how far it has looked, and once where it has caught up. */
function createCheckpoints(cursor: Cursor, { filter }: ReadRequest, call: ServerCall): Checkpoints {
  const interval = filter?.checkpointInterval ?? Number.MAX_SAFE_INTEGER;
  let since = 0;
  const send = (): void => {
    const position = cursor.position();
    if (filter === undefined || position === undefined || position < 0 || since === 0) return;
    since = 0;
    call.write(frame(writeCheckpoint(position)));
  };
  return {
    remaining: () => interval - since,
    scanned(events) {
      since += events;
      if (since >= interval) send();
    },
    caughtUp: send,
  };
}

/** Resolves at the next commit, or when the call is over. */
function nextCommit(commits: GroupCommit, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      stop();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const stop = commits.onCommit(done);
    if (signal.aborted) done();
    else signal.addEventListener('abort', done, { once: true });
  });
}

/** Lets appends and other calls have their turn between two batches. */
export const nextTurn = (): Promise<void> =>
  new Promise((resolve) => {
    setImmediate(resolve);
  });
