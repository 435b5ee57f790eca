/** The log of all events in one SQLite file: appends are validated against their stream first, then written. */
import type { DatabaseSync } from 'node:sqlite';
import type { AppendOutcome, AppendRequest, ProposedEvent, StoredEvent } from './requests.ts';
import { isTooLarge, tombstoneRevision } from './requests.ts';
import { earlierAnswer, endingAnswer } from './expectation.ts';
import type { Reads } from './reads.ts';
import { prepareReads } from './reads.ts';
import { openBlocks } from './blocks.ts';
import { createPacker, worthPacking } from './packer.ts';
import { giveBackPages, unsynced } from './database.ts';
import { createRecentIds } from './recent-ids.ts';
import type { StreamName, StreamNames, TypeNames } from './names.ts';
import { createStreamNames, createTypeNames } from './names.ts';
import { openStreamIndex } from './stream-index.ts';
import type { StreamSettingsIndex } from './stream-settings.ts';
import { createStreamSettings } from './stream-settings.ts';
import { createStreamEnds, tombstone } from './stream-end.ts';

export interface EventLog {
  readonly reads: Reads;
  readonly streams: StreamNames;
  readonly types: TypeNames;
  readonly settings: StreamSettingsIndex;
  /** The event of a stream at this revision, or its last one. */
  find(stream: string, revision: number | 'last'): StoredEvent | undefined;
  /** Position of the newest event. */
  lastPosition(): number;
  /** Appends or says why not; within `transaction`. */
  append(request: AppendRequest, now: number): AppendOutcome;
  /** Writes an event exactly as it lies in another log, behind all others; within `transaction`. */
  copy(stream: string, event: CopiedEvent): void;
  /** Runs the action and commits durably; if anything throws, nothing of it has happened. */
  transaction<T>(action: () => T): T;
  /** About how many bytes of events, as positions count them, have rows of their own and lie in no block yet. */
  unpackedBytes(): number;
  /**
   * Moves the oldest of them into blocks, for about so many milliseconds, in a transaction of its own; false: there are no more
   * for a whole block. It is not synced: a crash may undo it, which loses nothing, and the next append syncs it too.
   */
  pack(milliseconds: number): boolean;
  /** Makes the file smaller by some pages that are free; false: there are too few to be worth it. */
  giveBack(): boolean;
  close(): void;
}

/** An event with all that another log has said of it. */
export interface CopiedEvent extends ProposedEvent {
  readonly revision: number;
  readonly position: number;
  readonly created: number;
}

/** Newest events whose ids are remembered for appends that name no expected revision. */
const rememberedIds = 65_536;
/** Bytes that an event counts in the log beside its content: positions are offsets, as in a log file. */
const recordOverhead = 56;

/** The events that are worth a block are fewer in tests. */
export function createEventLog(database: DatabaseSync, enough = worthPacking): EventLog {
  const index = openStreamIndex(database);
  const blocks = openBlocks(database);
  const packer = createPacker(database, { blocks, index }, enough);
  const reads = prepareReads(database, blocks, index);
  const streams = createStreamNames(database, (stream) => index.lastRevision(stream));
  const types = createTypeNames(database);
  const recent = createRecentIds(reads, rememberedIds);
  const selectLast = database.prepare(
    'SELECT position, length(data) + length(metadata) AS size FROM events ORDER BY position DESC LIMIT 1',
  );
  const selectOldest = database.prepare('SELECT min(position) AS position FROM events');
  const insert = database.prepare('INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  const [begin, commit, rollback] = ['BEGIN IMMEDIATE', 'COMMIT', 'ROLLBACK'].map((sql) =>
    database.prepare(sql),
  );
  let last = -1;
  let end = 0;
  let oldestRow = 0;

  const loadOldestRow = (): void => {
    oldestRow = Number(selectOldest.get()?.['position'] ?? end);
  };
  const loadEnd = (): void => {
    const row = selectLast.get();
    last = row === undefined ? -1 : Number(row['position']);
    end = row === undefined ? 0 : last + recordOverhead + Number(row['size']);
    loadOldestRow();
  };
  loadEnd();

  const find: EventLog['find'] = (name, revision) => {
    const stream = streams.find(name);
    if (stream === undefined) return undefined;
    const at = revision === 'last' ? stream.lastRevision : revision;
    let found: StoredEvent | undefined;
    reads.stream(stream.id, at, { direction: 'forwards', limit: 1 }, (event) => {
      if (event.revision === at) found = event;
      return false;
    });
    return found;
  };
  const settings = createStreamSettings(database, (stream) => {
    const event = find(stream, 'last');
    return event !== undefined && types.byId(event.type).isJson ? event.data : undefined;
  });
  const ends = createStreamEnds(settings);

  const writeAs = (stream: StreamName, event: ProposedEvent, as: { revision: number; now: number }): void => {
    const type = types.intern(event.type, event.isJson);
    insert.run(end, stream.id, as.revision, type.id, as.now, event.id, event.data, event.metadata);
    stream.lastRevision = as.revision;
    index.add(stream.id, as.revision, end);
    recent.add(event.id, end);
    last = end;
    end += recordOverhead + event.data.length + event.metadata.length;
  };
  const write = (stream: StreamName, event: ProposedEvent, now: number): void =>
    writeAs(stream, event, { revision: stream.lastRevision + 1, now });
  const lastRevisionOf = (stream: string): number => streams.find(stream)?.lastRevision ?? -1;
  const writeMetadata = (metadata: { metastream: string; event: ProposedEvent }, now: number): void => {
    write(streams.intern(metadata.metastream), metadata.event, now);
    settings.written(metadata.metastream);
  };

  const endStream = (request: AppendRequest, now: number): AppendOutcome => {
    const refusal = endingAnswer(request, streams.find(request.stream), settings);
    if (refusal !== undefined) return refusal;
    if (request.end === 'delete') writeMetadata(ends.deletion(request.stream), now);
    else writeAs(streams.intern(request.stream), tombstone(), { revision: tombstoneRevision, now });
    return { kind: 'appended', revision: lastRevisionOf(request.stream), position: last };
  };

  const transaction: EventLog['transaction'] = (action) => {
    begin?.run();
    try {
      const result = action();
      index.writeIfDue();
      commit?.run();
      return result;
    } catch (error) {
      // SQLite may have rolled back by itself, for example when the disk is full.
      if (database.isTransaction) rollback?.run();
      index.reload();
      blocks.reload();
      streams.forget();
      types.forget();
      recent.reload();
      settings.reload();
      loadEnd();
      throw error;
    }
  };

  return {
    reads,
    streams,
    types,
    settings,
    find,
    lastPosition: () => last,
    append(request, now) {
      if (request.deadline !== undefined && now > request.deadline) return { kind: 'expired' };
      if (request.end !== undefined) return endStream(request, now);
      if (isTooLarge(request.events)) return { kind: 'too-large' };
      const known = streams.find(request.stream);
      const earlier = earlierAnswer(request, known, { reads, recent, settings });
      if (earlier !== undefined) return earlier;
      const stream = known ?? streams.intern(request.stream);
      const recreation = ends.recreation(request.stream, lastRevisionOf);
      for (const event of request.events) write(stream, event, now);
      settings.written(request.stream);
      const outcome: AppendOutcome = { kind: 'appended', revision: stream.lastRevision, position: last };
      if (recreation !== undefined) writeMetadata(recreation(), now);
      return outcome;
    },
    copy(name, event) {
      if (event.position <= last) throw new RangeError('Events are copied in the order of their positions');
      end = event.position;
      writeAs(streams.intern(name), event, { revision: event.revision, now: event.created });
      settings.written(name);
    },
    transaction,
    unpackedBytes: () => end - oldestRow,
    pack(milliseconds) {
      const until = performance.now() + milliseconds;
      return unsynced(database, () =>
        transaction(() => {
          let isMore = packer.packOne();
          while (isMore && performance.now() < until) isMore = packer.packOne();
          loadOldestRow();
          return isMore;
        }),
      );
    },
    giveBack: () => unsynced(database, () => giveBackPages(database)),
    close: () => database.close(),
  };
}
