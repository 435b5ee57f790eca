/** One pass of a projection along the log: a subscription from the checkpoint to the first failure. */
import type { Position, RecordedEvent } from '@sluice/core/kernel/event.ts';
import type { EventStore } from '@sluice/core/ports/event-store.ts';
import { CheckpointMoved } from '@sluice/postgres';
import { batches, type Batch } from './batches.ts';
import type { FollowOptions } from './follow-options.ts';
import { messageOf } from './pause.ts';
import type { FailurePolicy, Step } from './projection.ts';

/** What passes over the same log tell each other. */
export interface Passage {
  /** Events up to here are taken one by one, because one of them cannot be taken. */
  suspectUntil: Position | undefined;
  /** How far the events went that the last pass was given. */
  reached: Position | undefined;
  /** Passes in a row that came to nothing. */
  failures: number;
}

/** Policy `stop`: an event could not be taken, and nothing after it may be. */
export class ProjectionStopped extends Error {
  override readonly name = 'ProjectionStopped';
}

/** True when caught up, if that was to be the end; false when the signal aborted. Throws what it failed of. */
export async function makePass<TChange>(options: FollowOptions<TChange>, passage: Passage): Promise<boolean> {
  const { projection, target, store, signal } = options;
  const ending = new AbortController();
  let writing: Promise<void> = Promise.resolve();
  try {
    let from = await target.checkpoint();
    const head = await headOf(store);
    const messages = store.subscribeAll({
      ...(from === undefined ? {} : { after: BigInt(from) }),
      streamPrefixes: projection.streamPrefixes,
      signal: AbortSignal.any([signal, ending.signal]),
    });
    for await (const batch of batches(messages, { maxEvents: projection.batchEvents, head })) {
      passage.reached = batch.position ?? passage.reached;
      const change = await prepare(options, passage, batch, writing);
      writing = write(options, passage, { batch, change, from });
      // Its failure ends the subscription, after which it is thrown.
      writing.catch(() => ending.abort());
      from = batch.position?.toString() ?? from;
      if (batch.isCaughtUp && options.untilCaughtUp === true) {
        await writing;
        return true;
      }
    }
    await writing;
    return false;
  } finally {
    ending.abort();
    // Nobody else may write before this has ended, well or not.
    await writing.catch(() => undefined);
  }
}

/** Position of the last event of the log; undefined if it is empty. */
async function headOf(store: EventStore): Promise<Position | undefined> {
  for await (const event of store.readAll({ direction: 'backwards', limit: 1 })) return event.position;
  return undefined;
}

/** Undefined for a batch that comes to nothing, or has to be taken event by event. The batch before is written meanwhile. */
async function prepare<TChange>(
  { projection }: FollowOptions<TChange>,
  passage: Passage,
  batch: Batch,
  writing: Promise<void>,
): Promise<TChange | undefined> {
  const isWhole = batch.events.length > 0 && !isSuspect(passage, batch);
  const [change] = await Promise.all([isWhole ? projection.prepare(batch.events) : undefined, writing]);
  return change;
}

function isSuspect({ suspectUntil }: Passage, { events }: Batch): boolean {
  const first = events[0]?.position;
  return suspectUntil !== undefined && first !== undefined && first <= suspectUntil;
}

async function write<TChange>(
  options: FollowOptions<TChange>,
  passage: Passage,
  {
    batch,
    change,
    from,
  }: { readonly batch: Batch; readonly change: TChange | undefined; readonly from: string | undefined },
): Promise<void> {
  let at = from;
  if (isSuspect(passage, batch)) {
    for (const event of batch.events) {
      const to = event.position.toString();
      await takeOne(options, event, { from: at, to });
      at = to;
    }
  }
  const to = batch.position?.toString();
  if (to !== undefined && to !== at) await options.target.commit(change, { from: at, to });
  passage.failures = 0;
  options.observer.committed(batch, batch.position);
}

async function takeOne<TChange>(
  { projection, target, log, observer, isTransient }: FollowOptions<TChange>,
  event: RecordedEvent,
  step: Step,
): Promise<void> {
  const { failure, name } = projection;
  for (let attempt = 0; ; attempt += 1) {
    try {
      await target.commit(await projection.prepare([event]), step);
      return;
    } catch (error) {
      if (error instanceof CheckpointMoved || isTransient(error)) throw error;
      if (attempt < failure.retries) continue;
      const fields = { projection: name, event: event.id, stream: event.stream, type: event.type };
      log.error({ ...fields, error: messageOf(error) }, consequences[failure.atLast]);
      if (failure.atLast === 'stop') {
        throw new ProjectionStopped(
          `${name} stopped at event ${event.id} of ${event.stream}: ${messageOf(error)}`,
        );
      }
      await target.park(event, messageOf(error), step);
      observer.parked(event);
      return;
    }
  }
}

const consequences: Readonly<Record<FailurePolicy['atLast'], string>> = {
  park: 'An event cannot be taken; it is set aside.',
  stop: 'An event cannot be taken; this projection stops here until an operator has looked at it.',
};
