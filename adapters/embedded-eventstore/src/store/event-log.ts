/** The log of all events in one SQLite file: appends are validated against their stream first, then written. */
import type { DatabaseSync } from 'node:sqlite';
import type { AppendOutcome, AppendRequest, ProposedEvent } from './requests.ts';
import { isTooLarge } from './requests.ts';
import { earlierAnswer } from './expectation.ts';
import type { Reads } from './reads.ts';
import { prepareReads } from './reads.ts';
import { createRecentIds } from './recent-ids.ts';
import type { StreamName, StreamNames, TypeNames } from './names.ts';
import { createStreamNames, createTypeNames } from './names.ts';
import { openStreamIndex } from './stream-index.ts';

export interface EventLog {
  readonly reads: Reads;
  readonly streams: StreamNames;
  readonly types: TypeNames;
  /** Position of the newest event. */
  lastPosition(): number;
  /** Appends or says why not; within `transaction`. */
  append(request: AppendRequest, now: number): AppendOutcome;
  /** Runs the action and commits durably; if anything throws, nothing of it has happened. */
  transaction<T>(action: () => T): T;
  close(): void;
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

  const write = (stream: StreamName, event: ProposedEvent, now: number): void => {
    const type = types.intern(event.type, event.isJson);
    const revision = stream.lastRevision + 1;
    insert.run(end, stream.id, revision, type.id, now, event.id, event.data, event.metadata);
    stream.lastRevision = revision;
    index.add(stream.id, revision, end);
    recent.add(event.id, end);
    last = end;
    end += recordOverhead + event.data.length + event.metadata.length;
  };

  return {
    reads,
    streams,
    types,
    lastPosition: () => last,
    append(request, now) {
      if (request.deadline !== undefined && now > request.deadline) return { kind: 'expired' };
      if (isTooLarge(request.events)) return { kind: 'too-large' };
      const known = streams.find(request.stream);
      const earlier = earlierAnswer(request, known, { reads, recent });
      if (earlier !== undefined) return earlier;
      const stream = known ?? streams.intern(request.stream);
      for (const event of request.events) write(stream, event, now);
      return { kind: 'appended', revision: stream.lastRevision, position: last };
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
        loadEnd();
        throw error;
      }
    },
    close: () => database.close(),
  };
}
