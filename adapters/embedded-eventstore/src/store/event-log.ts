/** The log of all events in one SQLite file: appends are validated against their stream first, then written. */
import type { DatabaseSync } from 'node:sqlite';
import type { AppendOutcome, AppendRequest, ProposedEvent, StoredEvent } from './requests.ts';
import { isTooLarge, tombstoneRevision } from './requests.ts';
import { earlierAnswer, endingAnswer } from './expectation.ts';
import type { Reads } from './reads.ts';
import { prepareReads } from './reads.ts';
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

export function createEventLog(database: DatabaseSync): EventLog {
  const index = openStreamIndex(database);
  const reads = prepareReads(database, index);
  const streams = createStreamNames(database, (stream) => index.lastRevision(stream));
  const types = createTypeNames(database);
  const recent = createRecentIds(database, rememberedIds);
  const selectLast = database.prepare(
    'SELECT position, length(data) + length(metadata) AS size FROM events ORDER BY position DESC LIMIT 1',
  );
  const insert = database.prepare('INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?)');
  const [begin, commit, rollback] = ['BEGIN IMMEDIATE', 'COMMIT', 'ROLLBACK'].map((sql) =>
    database.prepare(sql),
  );
  let last = -1;
  let end = 0;

  const loadEnd = (): void => {
    const row = selectLast.get();
    last = row === undefined ? -1 : Number(row['position']);
    end = row === undefined ? 0 : last + recordOverhead + Number(row['size']);
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
    transaction(action) {
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
        streams.forget();
        types.forget();
        recent.reload();
        settings.reload();
        loadEnd();
        throw error;
      }
    },
    close: () => database.close(),
  };
}
