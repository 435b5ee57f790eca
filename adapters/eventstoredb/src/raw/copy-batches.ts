/** Puts events that follow each other in one stream into one append, and keeps several appends under way. */
import type { RawAppends } from './raw-appends.ts';
import type { RawEvent } from './raw-event.ts';

export interface Batches {
  /** Resolves when there is room for more; rejects when an earlier append was refused. */
  add(event: RawEvent): Promise<void>;
  /** Resolves when everything added is on the target's disk. */
  flush(): Promise<void>;
}

const mostEvents = 256;
/** Stores take a megabyte of data at a time. */
const mostBytes = 512 * 1024;
const mostUnderWay = 256;

const isMetastream = (stream: string): boolean => stream.startsWith('$$');

/** `lastRevision`: of a stream of the target. */
export function createBatches(
  appends: RawAppends,
  lastRevision: (stream: string) => Promise<bigint | undefined>,
): Batches {
  /** By how much a stream's revisions are lower in the target, because the source has lost its first events. */
  const shifts = new Map<string, bigint>();
  let batch: RawEvent[] = [];
  let bytes = 0;
  let underWay: Promise<void>[] = [];

  const shiftOf = async ({ stream, revision }: RawEvent): Promise<bigint> => {
    const known = shifts.get(stream);
    if (known !== undefined) return known;
    const shift = revision === 0n ? 0n : revision - ((await lastRevision(stream)) ?? -1n) - 1n;
    shifts.set(stream, shift);
    return shift;
  };
  const send = async (): Promise<void> => {
    const [first] = batch;
    if (first === undefined) return;
    const events = batch;
    batch = [];
    bytes = 0;
    const sent = appends.append({ stream: first.stream, expected: await expectedBefore(first), events });
    // Whoever waits for it sees the refusal; until then it must not count as unhandled.
    sent.catch(() => undefined);
    underWay.push(sent);
    if (underWay.length >= mostUnderWay) await underWay.shift();
  };
  const expectedBefore = async (first: RawEvent): Promise<bigint | 'no-stream' | 'any'> => {
    // The target writes into metadata streams by itself, when a deleted stream begins again.
    if (isMetastream(first.stream)) return 'any';
    const expected = first.revision - (await shiftOf(first)) - 1n;
    return expected < 0n ? 'no-stream' : expected;
  };

  return {
    async add(event) {
      const size = event.data.length + event.metadata.length;
      // Metadata go one by one: what a server does with them depends on those before.
      const isNext =
        batch[0]?.stream === event.stream && batch.length < mostEvents && !isMetastream(event.stream);
      if (!isNext || bytes + size > mostBytes) await send();
      batch.push(event);
      bytes += size;
    },
    async flush() {
      await send();
      const sent = underWay;
      underWay = [];
      await Promise.all(sent);
    },
  };
}
