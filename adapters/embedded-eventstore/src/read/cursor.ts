/** A place in a stream or in $all that moves on step by step, in either direction, over what matches. */
import type { Direction } from '../store/requests.ts';
import { tombstoneRevision } from '../store/requests.ts';
import type { EventLog } from '../store/event-log.ts';
import type { Visit } from '../store/reads.ts';
import type { StreamSettings } from '../store/stream-settings.ts';
import { streamDeleted } from '../protocol/errors.ts';
import type { From, Source } from '../protocol/read-messages.ts';
import type { Filter } from './filter.ts';

export interface Step {
  /** Events handed to the visitor. */
  readonly events: number;
  /** Events looked at, matching or not. */
  readonly scanned: number;
  /** Whether there was nothing more. */
  readonly isAtEnd: boolean;
}

export interface Cursor {
  /** Hands on at most `limit` events, and stops where the visitor has enough; a step looks at a bounded number of events. */
  next(limit: number, visit: Visit): Step;
  /** Position of the last event looked at; undefined for a cursor over one stream. */
  position(): number | undefined;
  /** Whether there is anything that has not been looked at. Cheap. */
  hasMore(): boolean;
}

interface CursorOptions {
  readonly direction: Direction;
  /** A subscription begins after the place that it names, a read at it. */
  readonly isSubscription: boolean;
}

/** Events that one step looks at. */
const largestStep = 1024;
/** Fewer than one match in so many events: they are looked at without their content. */
const sparseness = 4;

export function openStreamCursor(
  log: EventLog,
  source: Extract<Source, { kind: 'stream' }>,
  { direction, isSubscription, now }: CursorOptions & { readonly now: () => number },
): Cursor {
  const { name } = source;
  const last = (): number => lastReadable(log, name);
  const forwards = direction === 'forwards';
  let revision = firstRevision(source.from, { last, forwards, isSubscription });

  const readable = (): Readable => readableEvents(log.settings.of(name), last(), now);

  return {
    next(limit, visit) {
      const stream = log.streams.find(name);
      const { from, since } = readable();
      const begin = forwards ? Math.max(revision, from) : Math.min(revision, last());
      if (stream === undefined || begin < from || begin > last()) {
        return { events: 0, scanned: 0, isAtEnd: true };
      }
      const asked = Math.min(limit, largestStep, forwards ? largestStep : begin - from + 1);
      let events = 0;
      let scanned = 0;
      let isEnough = false;
      log.reads.stream(stream.id, begin, { direction, limit: asked }, (event) => {
        scanned += 1;
        revision = event.revision + (forwards ? 1 : -1);
        if (event.created < since) return true;
        events += 1;
        isEnough = !visit(event);
        return !isEnough;
      });
      return { events, scanned, isAtEnd: !isEnough && scanned < asked };
    },
    position: () => undefined,
    hasMore: () => (forwards ? last() >= Math.max(revision, readable().from) : revision >= readable().from),
  };
}

/** Revision of a stream's last event. Throws GrpcError for a tombstoned one. */
function lastReadable(log: EventLog, name: string): number {
  const last = log.streams.find(name)?.lastRevision ?? -1;
  if (last === tombstoneRevision) throw streamDeleted(name);
  return last;
}

/** What a stream's metadata leave to be read: from which revision, and from when. */
interface Readable {
  readonly from: number;
  readonly since: number;
}

function readableEvents(settings: StreamSettings | undefined, last: number, now: () => number): Readable {
  if (settings === undefined) return { from: 0, since: -Infinity };
  const { maxCount, maxAgeMs, truncateBefore } = settings;
  return {
    from: Math.max(truncateBefore, maxCount === undefined ? 0 : last - maxCount + 1),
    since: maxAgeMs === undefined ? -Infinity : now() - maxAgeMs,
  };
}

function firstRevision(
  from: From,
  { last, forwards, isSubscription }: { last: () => number; forwards: boolean; isSubscription: boolean },
): number {
  if (from === 'start') return 0;
  if (from === 'end') return forwards ? last() + 1 : last();
  return isSubscription ? from + 1 : from;
}

export function openAllCursor(
  log: EventLog,
  source: Extract<Source, { kind: 'all' }>,
  options: CursorOptions & { readonly filter: Filter | undefined },
): Cursor {
  const { direction, filter } = options;
  const forwards = direction === 'forwards';
  // Everything after (backwards: before) this position is still to be looked at.
  let position = firstPosition(source.from, log, options);

  const matches = filter ?? (() => true);
  let isSparse = false;

  /** Reads whole events and passes over those that do not match. */
  const scanDense = (limit: number, visit: Visit): Step => {
    let events = 0;
    let scanned = 0;
    let isEnough = false;
    log.reads.all(position, { direction, limit: largestStep }, (event) => {
      scanned += 1;
      position = event.position;
      if (!matches(event)) return true;
      events += 1;
      isEnough = !visit(event) || events === limit;
      return !isEnough;
    });
    return { events, scanned, isAtEnd: !isEnough && scanned < largestStep };
  };

  /** Where few match: looks at the headers, and reads only the events that do. */
  const scanSparse = (limit: number, visit: Visit): Step => {
    const asked = Math.min(largestStep, limit * sparseness * 2);
    const headers = log.reads.headers(position, { direction, limit: asked });
    let events = 0;
    let scanned = 0;
    for (const header of headers) {
      scanned += 1;
      position = header.position;
      const event = matches(header) ? log.reads.at(header.position) : undefined;
      if (event === undefined) continue;
      events += 1;
      const isEnough = !visit(event) || events === limit;
      if (isEnough) return { events, scanned, isAtEnd: false };
    }
    return { events, scanned, isAtEnd: headers.length < asked };
  };

  return {
    next(limit, visit) {
      const step = isSparse ? scanSparse(limit, visit) : scanDense(limit, visit);
      if (step.scanned >= sparseness) isSparse = step.events * sparseness < step.scanned;
      return step;
    },
    position: () => position,
    hasMore: () => (forwards ? log.lastPosition() > position : position > 0),
  };
}

function firstPosition(from: From, log: EventLog, { direction, isSubscription }: CursorOptions): number {
  const forwards = direction === 'forwards';
  if (from === 'start') return forwards ? -1 : 0;
  if (from === 'end') return forwards ? log.lastPosition() : log.lastPosition() + 1;
  // A read forwards includes the position that it names; backwards on $all it does not.
  return forwards && !isSubscription ? from - 1 : from;
}
