/**
 * Copies all events of one store to another: ids, types, bytes, the order in each stream and the order of all. It goes on where it
 * was interrupted, by the last event that the target has. The servers' own streams are left out, metadata of streams are not.
 */
import { type EventStoreDBClient, StreamDeletedError } from '@eventstore/db-client';
import { openClient } from '../open-client.ts';
import type { Batches } from './copy-batches.ts';
import { createBatches } from './copy-batches.ts';
import { findResumption } from './copy-resume.ts';
import { createStreamEndings } from './copy-endings.ts';
import type { RawAppends } from './raw-appends.ts';
import { openRawAppends } from './raw-appends.ts';
import type { RawEvent } from './raw-event.ts';
import { isMetastream, isServersOwn, tombstone } from './raw-event.ts';
import type { RawReads } from './raw-reads.ts';
import { createRawReads } from './raw-reads.ts';

export interface CopyProgress {
  /** Events copied by this run. */
  readonly events: number;
  /** Place in the source: the last event copied, and its end. */
  readonly position: bigint;
  readonly end: bigint;
  /** Whether an earlier run had begun. */
  readonly isResumed: boolean;
}

export interface CopyOptions {
  readonly onProgress?: (progress: CopyProgress) => void;
  readonly signal?: AbortSignal;
}

/** Connection strings. Rejects with ForeignEvents, AppendRefused, or what the client says of a store that cannot be reached. */
export async function copyEvents(from: string, to: string, options: CopyOptions = {}): Promise<CopyProgress> {
  const [source, target] = [openClient(from), openClient(to)];
  try {
    const reads = { source: createRawReads(source), target: createRawReads(target) };
    const appends = await openRawAppends(target);
    try {
      return await copyAll(reads, { appends, target }, options);
    } finally {
      appends.end();
    }
  } finally {
    await Promise.allSettled([source.dispose(), target.dispose()]);
  }
}

async function copyAll(
  reads: { readonly source: RawReads; readonly target: RawReads },
  { appends, target }: { readonly appends: RawAppends; readonly target: EventStoreDBClient },
  { onProgress, signal }: CopyOptions,
): Promise<CopyProgress> {
  const after = await findResumption(reads.source, reads.target);
  const batches = createBatches(appends, (stream) => reads.target.lastRevision(stream));
  const endings = createStreamEndings();
  const end = await lastPosition(reads.source);
  let progress: CopyProgress = {
    events: 0,
    position: after ?? 0n,
    end,
    isResumed: after !== undefined,
  };
  const isPassedOver = async (event: RawEvent): Promise<boolean> =>
    isServersOwn(event.stream) ||
    endings.isWrittenByTarget(event) ||
    (after !== undefined && (await isThere(event, reads.target, batches)));
  for await (const event of reads.source.all(after)) {
    if (signal?.aborted === true || event.position > end) break;
    if (await isPassedOver(event)) continue;
    if (event.revision === tombstone) {
      await batches.flush();
      await bury(target, event);
    } else await batches.add(event);
    progress = { ...progress, events: progress.events + 1, position: event.position };
    onProgress?.(progress);
  }
  await batches.flush();
  return progress;
}

/** Metadata of an earlier run that was interrupted between a deletion and what the target wrote when the stream began again. */
async function isThere({ stream, revision }: RawEvent, target: RawReads, batches: Batches): Promise<boolean> {
  if (!isMetastream(stream)) return false;
  await batches.flush();
  const last = await target.lastRevision(stream).catch(() => undefined);
  return last !== undefined && last >= revision;
}

async function bury(target: EventStoreDBClient, { stream }: RawEvent): Promise<void> {
  try {
    await target.tombstoneStream(stream);
  } catch (error) {
    if (!(error instanceof StreamDeletedError)) throw error;
  }
}

async function lastPosition(source: RawReads): Promise<bigint> {
  for await (const event of source.allBackwards()) return event.position;
  return 0n;
}
